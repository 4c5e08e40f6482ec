/** The text of an HTML body, for those who would rather read than look. */
import { walkHtml } from "./html-walk.ts";

/** Elements that begin on a line of their own, and end it. */
const blocks = new Set(
  (
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li " +
    "main nav ol p pre section table tr ul"
  ).split(" "),
);

/** The text as it is read from top to bottom: blocks on lines of their own, pictures by what stands for them. */
export function htmlText(html: string): string {
  const pieces: string[] = [];
  walkHtml(html, {
    open(name, attributes) {
      if (name === "br" || blocks.has(name)) pieces.push("\n");
      if (name === "td" || name === "th") pieces.push(" ");
      if (name === "img") pieces.push(attributes.get("alt") ?? "");
    },
    close(name) {
      if (blocks.has(name)) pieces.push("\n");
    },
    text(text, inside) {
      if (inside === undefined) pieces.push(text.replaceAll(/[ \t\r\n\u00a0]+/g, " "));
    },
  });
  return pieces
    .join("")
    .split("\n")
    .map((line) => line.replaceAll(/ {2,}/g, " ").trim())
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
