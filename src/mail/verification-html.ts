/**
 * The HTML of a custom verification mail. The sender's content may have only the elements and attributes that SES allows
 * (developer guide, "Custom verification email frequently asked questions", Q5). It is written anew from what the
 * tokenizer found, so that no mail program can read it differently, and pictures in `data:` URLs become inline
 * attachments (Q4). All elements are closed before the ending, so that content can't hide the link in an open one.
 */
import type { Attachment } from "./attachment.ts";
import { walkHtml } from "./html-walk.ts";

/** Content has something that is not allowed. The text names it, as the second half of a sentence. */
export class VerificationHtmlError extends Error {
  override readonly name = "VerificationHtmlError";
}

/** A body that is ready to be sent. */
export interface VerificationHtml {
  readonly html: string;
  /** The pictures that the HTML refers to by `cid:`. */
  readonly pictures: readonly Attachment[];
}

const everywhere = ["class", "id", "style", "title"];

const plainElements =
  "abbr acronym address area b bdo big body br button caption center cite code dd del dfn dir div dl dt em fieldset " +
  "font form h1 h2 h3 h4 h5 h6 head hr html i input ins kbd label legend li map menu optgroup option p pre s samp " +
  "select small span strike strong sub sup tbody textarea tfoot thead tr tt u var";

/** The allowed elements, with the attributes that each may have besides those that all may have. */
const furtherAttributes: ReadonlyMap<string, readonly string[]> = new Map([
  ...plainElements.split(" ").map((name): [string, string[]] => [name, []]),
  ["blockquote", ["cite"]],
  ["col", ["span", "width"]],
  ["colgroup", ["span", "width"]],
  ["img", ["align", "alt", "height", "src", "width"]],
  ["ol", ["start", "type"]],
  ["q", ["cite"]],
  ["table", ["summary", "width"]],
  ["td", ["abbr", "axis", "colspan", "rowspan", "width"]],
  ["th", ["abbr", "axis", "colspan", "rowspan", "scope", "width"]],
  ["ul", ["type"]],
]);

/** Elements without content. */
const voidElements = new Set(["area", "br", "col", "hr", "img", "input"]);

/** Elements that end with the next of these inside them, without a closing tag (HTML, 13.1.2.4). */
const impliedEnds: ReadonlyMap<string, readonly string[]> = new Map([
  ["dd", ["p", "dd", "dt"]],
  ["dt", ["p", "dd", "dt"]],
  ["li", ["p", "li"]],
  ["option", ["option"]],
  ["p", ["p"]],
  ["td", ["p", "td", "th"]],
  ["th", ["p", "td", "th"]],
  ["tr", ["p", "td", "th", "tr"]],
]);

/** Our own limits: no mail needs more, and they bound the cost. */
const deepest = 256;
const mostPictures = 100;

const pictureTypes = new Map([
  ["image/bmp", "bmp"],
  ["image/gif", "gif"],
  ["image/jpeg", "jpg"],
  ["image/jpg", "jpg"],
  ["image/png", "png"],
  ["image/webp", "webp"],
]);

/** CSS that runs scripts in some program. A backslash could hide it from this check. */
const activeStyle = /\\|expression\s*\(|javascript:|vbscript:|behaviou?r\s*:|-moz-binding|@import/i;

/**
 * Makes the body of a mail: the content, then `ending`, which is HTML.
 * @throws VerificationHtmlError for the first thing in the content that is not allowed.
 */
export function verificationHtml(content: string, ending: string): VerificationHtml {
  const out: string[] = [];
  const pictures: Attachment[] = [];
  /** The open elements, the innermost last. `html` and `body` are closed after the ending. */
  const open: string[] = [];
  let outer = "";
  walkHtml(content, {
    open(name, attributes) {
      const allowed = furtherAttributes.get(name);
      if (!allowed) throw elementRefused(name);
      const ended = impliedEnds.get(name) ?? [];
      while (ended.includes(open.at(-1) ?? "")) open.pop();
      let tag = `<${name}`;
      for (const [attribute, value] of attributes) {
        if (!everywhere.includes(attribute) && !allowed.includes(attribute)) {
          throw refused(`the element <${name}> can't have the attribute "${shortened(attribute)}".`);
        }
        tag += ` ${attribute}="${escapeHtml(checkedValue(attribute, value, pictures))}"`;
      }
      out.push(`${tag}>`);
      if (isOuter(name)) outer = outer.includes(`</${name}>`) ? outer : `</${name}>${outer}`;
      else if (!voidElements.has(name)) open.push(name);
      if (open.length > deepest) throw refused(`elements are nested more than ${deepest} deep.`);
    },
    close(name) {
      if (!furtherAttributes.has(name)) throw elementRefused(name);
      const at = open.lastIndexOf(name);
      // A closing tag of nothing, of which browsers make a new element for `p` and `br`.
      if (at < 0) return;
      for (const closed of open.splice(at).reverse()) out.push(`</${closed}>`);
    },
    text: (text) => out.push(escapeHtml(text)),
    comment() {
      throw refused("comments are not allowed.");
    },
  });
  for (const closed of open.reverse()) out.push(`</${closed}>`);
  return { html: `<!DOCTYPE html>\n${out.join("")}\n${ending}\n${outer}`, pictures };
}

const isOuter = (name: string) => name === "html" || name === "body";

/** Escapes a text for HTML, in an element or in an attribute with double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** CSS without its comments. In linear time: a regular expression would look for the end of each comment again. */
function withoutComments(css: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = css.indexOf("/*"); at >= 0; at = css.indexOf("/*", from)) {
    kept.push(css.slice(from, at));
    const end = css.indexOf("*/", at + 2);
    if (end < 0) return kept.join("");
    from = end + 2;
  }
  return kept.join("") + css.slice(from);
}

/** The value to send. Adds to `pictures` what an `src` contains. */
function checkedValue(attribute: string, value: string, pictures: Attachment[]): string {
  if (attribute === "style" && activeStyle.test(withoutComments(value))) {
    throw refused("a style has a backslash or something that could run a script.");
  }
  if (attribute !== "src" && attribute !== "cite") return value;
  // As browsers do with URLs (URL Standard, 4.4).
  const url = value.replaceAll(/[\t\r\n]/g, "").trim();
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  if (attribute === "src" && /^data:/i.test(url)) return `cid:${attach(url, pictures)}`;
  throw refused(
    attribute === "src"
      ? "a picture's src must be a URL with http:, https: or data:."
      : "a cite must be a URL with http: or https:.",
  );
}

/** Makes an attachment of a picture in a `data:` URL; returns its content ID. */
function attach(url: string, pictures: Attachment[]): string {
  const comma = url.indexOf(",");
  const contentType = /^data:([a-z/]+);base64$/i.exec(url.slice(0, Math.max(comma, 0)))?.[1]?.toLowerCase() ?? "";
  const extension = pictureTypes.get(contentType);
  const data = url.slice(comma + 1).replaceAll(" ", "");
  if (extension === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    throw refused(`a data: URL must be a picture in base64, of the type ${[...pictureTypes.keys()].join(", ")}.`);
  }
  if (pictures.length === mostPictures) throw refused(`there are more than ${mostPictures} pictures in data: URLs.`);
  const number = pictures.length + 1;
  const contentId = `picture-${number}@verification.mailglass`;
  const fileName = `picture-${number}.${extension}`;
  pictures.push({ fileName, contentType, content: Buffer.from(data, "base64"), contentId, disposition: "inline" });
  return contentId;
}

const elementRefused = (name: string) => refused(`the element <${shortened(name)}> is not allowed.`);

const shortened = (name: string) => (name.length > 64 ? `${name.slice(0, 64)}…` : name);

function refused(text: string): VerificationHtmlError {
  return new VerificationHtmlError(text);
}
