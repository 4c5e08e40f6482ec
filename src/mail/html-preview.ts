/**
 * An HTML body made ready to be shown in a sandboxed frame. What can act is left as it stands: the frame's policy
 * (src/http/admin/message-details.ts) makes it inert. Only what the policy can't hold back is changed.
 */
import { walkHtml } from "./html-walk.ts";

/** A picture that comes with the mail. */
export interface InlinePicture {
  /** Without angle brackets. */
  contentId: string;
  mediaType: string;
  content: Uint8Array;
}

/** A mail may name one picture many times: beyond so many bytes, pictures are left out. */
const mostInlined = 32 << 20;

/** Where HTML and styles name a part of the mail (RFC 2392), after what comes before a value. */
const contentUrl = /(["'(=]\s{0,8})cid:([^"'()<>\s]{1,998})/gi;

/** Puts the mail's own pictures into the HTML, as `data:` URLs. */
export function withPictures(html: string, pictures: readonly InlinePicture[]): string {
  const shown = new Map(
    pictures
      .filter(({ mediaType }) => /^image\/[a-z0-9][a-z0-9.+-]{0,60}$/.test(mediaType))
      .map((picture) => [picture.contentId, picture]),
  );
  const urls = new Map<string, string>();
  let left = mostInlined;
  return html.replaceAll(contentUrl, (given, before: string, name: string) => {
    const id = percentDecoded(name);
    const picture = shown.get(id);
    if (!picture) return given;
    const url = urls.get(id) ?? `data:${picture.mediaType};base64,${Buffer.from(picture.content).toString("base64")}`;
    urls.set(id, url);
    left -= url.length;
    return left < 0 ? given : before + url;
  });
}

/**
 * The HTML without its `link` elements and frames: no Content-Security-Policy keeps a browser from looking up or connecting
 * to the servers that `rel=dns-prefetch` and `rel=preconnect` name, nor Chromium from connecting to that of a frame which it
 * then does not load; and that tells them that the mail is read. What stands in their place is an element that ends where
 * it begins, and may stand in the head: others would hold the rest of the mail.
 */
export function withoutLinksAndFrames(html: string): string {
  return html.replaceAll(/<(?:link|i?frame)(?=[\s/>])/gi, "<meta");
}

/** Whether the HTML names pictures, styles or the like of other servers. */
export function hasRemoteContent(html: string): boolean {
  let found = false;
  walkHtml(html, {
    open(name, attributes) {
      if (found || name === "a" || name === "area" || name === "base") return;
      found = loading.some((one) => isRemote(attributes.get(one))) || stylesRemotely(attributes.get("style") ?? "");
    },
    text(text, inside) {
      if (inside === "style" && !found) found = stylesRemotely(text);
    },
  });
  return found;
}

/** Attributes whose URL is loaded with the page. */
const loading = ["src", "srcset", "background", "poster", "href", "xlink:href", "data"];

function isRemote(url: string | undefined): boolean {
  return url !== undefined && /^\s{0,100}(?:https?:|\/\/)/i.test(url);
}

/** `url(https://…)`, and `@import "https://…"`. */
function stylesRemotely(style: string): boolean {
  return /(?:url\(|@import)\s{0,20}["']?\s{0,20}(?:https?:|\/\/)/i.test(style);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
