/** HTML to text and text to HTML, for those who read the one where a mail has the other. */
import { walkHtml } from "./html-walk.ts";

/** Elements that begin on a line of their own, and end it. */
const blocks = new Set(
  (
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li " +
    "main nav ol p pre section table tr ul"
  ).split(" "),
);

/**
 * The text as it is read from top to bottom: blocks on lines of their own, pictures by what stands for them; white space
 * counts in `pre` alone. Takes linear time, however deep elements are nested: nothing is known of them but how many `pre`
 * are open.
 */
export function htmlText(html: string): string {
  const out: string[] = [];
  let preformatted = 0;
  // Where a space would follow a space or start a line.
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

/** HTML that shows a text as it is. */
export function textHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<div style="white-space: pre-wrap">${escaped}</div>`;
}
