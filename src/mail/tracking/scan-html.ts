/**
 * Finds what tracking changes in an HTML text, with an HTML tokenizer: links, the position of the pixel, and SES's own
 * attributes and placeholders to remove. It returns positions only, so every other character of the text stays
 * unchanged. It takes one pass without a stack, so nesting depth doesn't matter.
 */
import { QuoteType, Tokenizer, type TokenizerCallbacks } from "htmlparser2";
import { type LinkTags, readLinkTags } from "./link-tags.ts";
import { attributeText, linkTarget, noCallbacks } from "./link-target.ts";

/** A range of the text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A link that can be tracked. The span covers the attribute's value, including quotes. */
export interface Link extends Span {
  /** The target, as the sender wrote it. */
  readonly url: string;
  readonly tags: LinkTags | undefined;
}

/** What was found, each list in the order of the text. */
export interface HtmlScan {
  readonly links: readonly Link[];
  /** The attributes that are instructions for SES. */
  readonly marks: readonly Span[];
  /** Every placeholder of the pixel, at any position. */
  readonly placeholders: readonly Span[];
  /** The first placeholder at a position where an image is allowed. */
  readonly pixelPlace: Span | undefined;
  /** End of the body: the position of the pixel if there is no placeholder. */
  readonly bodyEnd: number;
}

/** SES replaces this with the pixel. */
export const openPlaceholder = "{{ses:openTracker}}";

/** Elements whose content is text, not markup (HTML, 13.1.2), and so can't contain an image. */
const textElements = new Set("iframe noembed noframes plaintext script style textarea title xmp".split(" "));

/** Length of the longest relevant tag or attribute name. */
const longestName = "ses:no-track".length;

/**
 * Scans a text.
 * @param decode decodes bytes read as Latin-1 by the charset.
 * @param markup the text to tokenize, of the same length, if `text` contains characters that only look like markup.
 */
export function scanHtml(text: string, decode: (stretch: string) => string, markup = text): HtmlScan {
  const links: Link[] = [];
  const marks: Span[] = [];
  const placeholders = findPlaceholders(markup);
  let nextPlaceholder = 0;
  let pixelPlace: Span | undefined;
  let bodyEnd: number | undefined;
  let htmlEnd: number | undefined;
  let textElement: string | undefined;
  let tag: Tag = { name: "" };
  let attribute: Attribute = { name: "", start: 0 };

  const nameAt = (start: number, end: number) =>
    end - start > longestName ? "" : markup.slice(start, end).toLowerCase();

  const readValue = ({ value, quote }: Attribute): string =>
    value === undefined || quote === undefined ? "" : attributeText(text.slice(value.start, value.end), quote, decode);

  const endTag = () => {
    if (textElements.has(tag.name)) textElement ??= tag.name;
    if (tag.name !== "a" && tag.name !== "area") return;
    for (const mark of [tag.noTrack, tag.tags]) if (mark) marks.push(withSpace(markup, mark));
    const { href } = tag;
    if (tag.noTrack || href?.value === undefined) return;
    const url = linkTarget(readValue(href));
    if (url === undefined) return;
    const quotes = href.quote === QuoteType.Unquoted ? 0 : 1;
    const place = { start: href.value.start - quotes, end: href.value.end + quotes };
    links.push({ ...place, url, tags: tag.tags && readLinkTags(readValue(tag.tags)) });
  };

  const callbacks: TokenizerCallbacks = {
    ...noCallbacks,
    onopentagname(start, end) {
      tag = { name: nameAt(start, end) };
    },
    onattribname(start, end) {
      attribute = { name: nameAt(start, end), start };
    },
    onattribdata(start, end) {
      attribute.value = { start, end };
    },
    onattribend(quote, end) {
      attribute.quote = quote;
      attribute.end = end;
      // The first of several attributes with the same name counts (HTML, 13.2.5.33).
      if (attribute.name === "href") tag.href ??= attribute;
      else if (attribute.name === "ses:no-track") tag.noTrack ??= attribute;
      else if (attribute.name === "ses:tags") tag.tags ??= attribute;
    },
    onopentagend: endTag,
    onselfclosingtag: endTag,
    onclosetag(start, end) {
      const name = nameAt(start, end);
      if (name === textElement) textElement = undefined;
      if (name === "body") bodyEnd = start - "</".length;
      if (name === "html") htmlEnd = start - "</".length;
    },
    ontext(start, end) {
      if (pixelPlace !== undefined || textElement !== undefined) return;
      let place = placeholders[nextPlaceholder];
      while (place !== undefined && place.start < start) place = placeholders[++nextPlaceholder];
      if (place !== undefined && place.end <= end) pixelPlace = place;
    },
  };
  const tokenizer = new Tokenizer({ decodeEntities: false }, callbacks);
  tokenizer.write(markup);
  tokenizer.end();
  return { links, marks, placeholders, pixelPlace, bodyEnd: bodyEnd ?? htmlEnd ?? text.trimEnd().length };
}

interface Attribute {
  name: string;
  start: number;
  /** Without quotes; undefined if there is none. */
  value?: Span;
  quote?: QuoteType;
  end?: number;
}

interface Tag {
  name: string;
  href?: Attribute;
  noTrack?: Attribute;
  tags?: Attribute;
}

function findPlaceholders(markup: string): Span[] {
  const found: Span[] = [];
  for (let at = markup.indexOf(openPlaceholder); at >= 0; ) {
    const end = at + openPlaceholder.length;
    found.push({ start: at, end });
    at = markup.indexOf(openPlaceholder, end);
  }
  return found;
}

/**
 * The span of an attribute including one space before it, if white space or `>` follows: after an unquoted value, a
 * slash would become part of the value. CRLF is not split.
 */
function withSpace(markup: string, { start, end = start }: Attribute): Span {
  const goesBefore = markup[start - 1] ?? "";
  const follows = markup[end] ?? "";
  const spare = (goesBefore === " " || goesBefore === "\t") && /[ \t\r\n>]/.test(follows);
  return { start: spare ? start - 1 : start, end };
}
