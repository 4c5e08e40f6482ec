/** Downloads a file in the page's place; the page stays. */

/**
 * @param url as an API told it. A file of this server is asked of the host that the page came from, since the server may be
 * reached by another name than its public one.
 */
export function startDownload(url: string): void {
  const { pathname, search, searchParams, href } = new URL(url, location.href);
  const link = document.createElement("a");
  const ours = pathname.startsWith("/downloads/") && searchParams.has("signature");
  link.href = ours ? pathname + search : href;
  link.download = "";
  link.rel = "noopener";
  document.body.append(link);
  link.click();
  link.remove();
}
