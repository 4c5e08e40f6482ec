/** Converts HTML to text and text to HTML, where a mail has only the other form. */
import { walkHtml } from "./html-walk.ts";

/** Elements that start on a new line and end with a line break. */
const blocks = new Set(
  (
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li " +
    "main nav ol p pre section table tr ul"
  ).split(" "),
);

/**
 * Converts HTML to text: blocks on separate lines, pictures as their `alt` text; white space is significant only in
 * `pre`. Takes linear time at any nesting depth, since the only state kept of elements is the number of open `pre`.
 */
export function htmlText(html: string): string {
  const out: string[] = [];
  let preformatted = 0;
  // Whether a space here would follow another space or start a line.
  let spaced = true;
  const newLine = () => {
    out.push("\n");
    spaced = true;
  };
  const add = (text: string) => {
    const shown = spaced && text.startsWith(" ") ? text.slice(1) : text;
    if (shown === "") return;
    out.push(shown);
    spaced = shown.endsWith(" ");
  };
  walkHtml(html, {
    open(name, attributes) {
      if (name === "pre") preformatted++;
      if (name === "br" || blocks.has(name)) newLine();
      if (name === "td" || name === "th") add(" ");
      if (name === "img") add(collapsed(attributes.get("alt") ?? ""));
    },
    close(name) {
      if (name === "pre") preformatted = Math.max(0, preformatted - 1);
      if (blocks.has(name)) newLine();
    },
    text(text, inside) {
      if (inside !== undefined) return;
      if (preformatted === 0) add(collapsed(text));
      else {
        out.push(text.replaceAll(/\r\n?/g, "\n").replaceAll("\u00a0", " "));
        spaced = false;
      }
    },
  });
  return out
    .join("")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function collapsed(text: string): string {
  return text.replaceAll(/[ \t\r\n\u00a0]+/g, " ");
}

/** Returns HTML that shows the text unchanged. */
export function textHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<div style="white-space: pre-wrap">${escaped}</div>`;
}
