/**
 * Prepares an HTML body for a sandboxed frame. Active content is not removed: the frame's Content-Security-Policy
 * (src/http/inert-html.ts) makes it inert. Only content that the policy can't block is changed.
 */
import { walkHtml } from "./html-walk.ts";

/** A picture that is attached to the mail. */
export interface InlinePicture {
  /** Without angle brackets. */
  contentId: string;
  mediaType: string;
  content: Uint8Array;
}

/** Maximum total size of inlined pictures, in characters of `data:` URLs, since a mail may refer to one many times. */
const mostInlined = 32 << 20;

/** A reference in HTML or CSS to a part of the mail (RFC 2392), with the characters that precede a value. */
const contentUrl = /(["'(=]\s{0,8})cid:([^"'()<>\s]{1,998})/gi;

/** Inlines the mail's own pictures in the HTML as `data:` URLs. */
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
 * Replaces `link` elements and frames. A Content-Security-Policy doesn't prevent DNS lookups of and connections to the
 * servers in `rel=dns-prefetch` and `rel=preconnect`, and Chromium connects to the server of a frame that it then
 * doesn't load. That would reveal that the mail was read. The replacement is `meta` because it is a void element that
 * is allowed in the head; another element would enclose the rest of the mail.
 */
export function withoutLinksAndFrames(html: string): string {
  return html.replaceAll(/<(?:link|i?frame)(?=[\s/>])/gi, "<meta");
}

/** Whether the HTML loads pictures, styles or other resources from other servers. */
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

/** Attributes whose URLs are loaded with the page. */
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
