/** The links of a mail, as a recipient could follow them. */
import { walkHtml } from "../mail/html-walk.ts";

export interface MailLink {
  /** As written, with character references decoded. */
  readonly url: string;
  /** What the recipient sees of it: its text, or what its pictures are called. Empty if there is none. */
  readonly text: string;
}

/** More than any mail has that is read by a test. */
const mostLinks = 1_000;
/** In characters. */
const longestUrl = 16_384;
const longestText = 1_000;

/**
 * The links of the HTML in their order, then those that only the plain text has. Each URL once, with the first text that
 * says anything. Without plain text, URLs in the text of the HTML count.
 */
export function findLinks({ html, text }: { html: string | undefined; text: string | undefined }): MailLink[] {
  const found = new Map<string, string>();
  const add = (url: string, shown: string) => {
    const known = found.get(url);
    if (known === undefined ? found.size < mostLinks : known === "") found.set(url, shown);
  };
  const outside = html === undefined ? "" : readHtml(html, add);
  for (const url of urlsIn(text ?? outside)) add(url, "");
  return [...found].map(([url, text]) => ({ url, text }));
}

/** Adds the links of elements; returns the text outside of them. */
function readHtml(html: string, add: (url: string, text: string) => void): string {
  const outside: string[] = [];
  let url: string | undefined;
  let shown = "";
  const end = () => {
    if (url !== undefined) add(url, shown.replaceAll(/\s+/g, " ").trim());
    url = undefined;
    shown = "";
  };
  walkHtml(html, {
    open(name, attributes) {
      if (name === "a" || name === "area") {
        // Links can't be nested: the next one ends the one before (HTML, 13.2.6.4.7).
        end();
        url = linkTarget(attributes.get("href"));
      }
      if (name === "area") {
        shown = (attributes.get("alt") ?? "").slice(0, longestText);
        end();
      }
      if (name === "img" && url !== undefined) shown += ` ${(attributes.get("alt") ?? "").slice(0, longestText)} `;
      outside.push(" ");
    },
    close(name) {
      if (name === "a") end();
      outside.push(" ");
    },
    text(text, inside) {
      if (inside !== undefined) return;
      if (url === undefined) outside.push(text);
      else if (shown.length < longestText) shown += text.slice(0, longestText);
    },
  });
  end();
  // With a space at each tag: what stands in different cells is no one URL.
  return outside.join("");
}

/** The URL that a browser would follow; undefined for what leads nowhere outside of the mail. */
function linkTarget(href: string | undefined): string | undefined {
  // As in the URL standard, 4.4: surrounding white space and control characters, and line breaks anywhere.
  const url = href
    ?.replace(/^[\p{Cc} ]+/u, "")
    .replaceAll(/[\t\r\n]/g, "")
    .trimEnd();
  if (url === undefined || url.length > longestUrl) return undefined;
  return /^(?!javascript:|data:|cid:|mid:|about:|blob:|vbscript:)[a-z][a-z0-9+.-]{0,40}:./i.test(url) ? url : undefined;
}

/** The URLs in plain text, without the punctuation after them. */
function urlsIn(text: string): string[] {
  const found = text.match(/(?<![\p{L}\p{N}])https?:\/\/[^\s<>"\p{Cc}]{1,16384}/giu) ?? [];
  return found.map(withoutPunctuation).filter((url) => /^https?:\/\/[^/?#]/i.test(url));
}

/** A closing bracket belongs to the URL if its opening one does. */
function withoutPunctuation(url: string): string {
  const unopened = new Map(
    Object.entries(brackets).map(([close, open]) => [close, count(url, close) - count(url, open)]),
  );
  let end = url.length;
  for (; end > 0; end--) {
    const last = url.charAt(end - 1);
    const more = unopened.get(last);
    if (more === undefined ? !punctuation.test(last) : more <= 0) break;
    if (more !== undefined) unopened.set(last, more - 1);
  }
  return url.slice(0, end);
}

const brackets: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
const punctuation = /[.,;:!?'"*_>|\\\u2019\u201d\u3002\uff0c]/;

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
