/**
 * Headers that make untrusted HTML inert: it has an opaque origin, can't run scripts, submit forms, or open or replace
 * pages (`sandbox`), and loads nothing but inline pictures (CSP 3), unless `remote` allows other servers. Only pages of
 * this server can frame it. No Referer is sent to other servers, and DNS prefetching is disabled.
 */
export function inertHeaders(remote: boolean): Record<string, string> {
  const servers = remote ? " https: http:" : "";
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "sandbox",
      "default-src 'none'",
      `style-src 'unsafe-inline'${servers}`,
      `img-src data:${servers}`,
      `font-src data:${servers}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'self'",
    ].join("; "),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-dns-prefetch-control": "off",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
  };
}
