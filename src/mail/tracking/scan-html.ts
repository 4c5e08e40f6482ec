/**
 * Finds what tracking changes in an HTML text, by a tokenizer of HTML: where the links are, where the pixel goes, which of
 * SES's own marks are to be removed. Nothing is written anew: all that is told are places, so every other character of
 * the text stays. One pass, no stack: neither length nor nesting matters.
 */
import { QuoteType, Tokenizer, type TokenizerCallbacks } from "htmlparser2";
import { type LinkTags, readLinkTags } from "./link-tags.ts";
import { attributeText, linkTarget, noCallbacks } from "./link-target.ts";

/** A stretch of the text, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A link that can be tracked. Its place is that of the attribute's value, quotes included. */
export interface Link extends Span {
  /** Where it leads, as the sender wrote it. */
  readonly url: string;
  readonly tags: LinkTags | undefined;
}

/** What was found, each kind in the order of the text. */
export interface HtmlScan {
  readonly links: readonly Link[];
  /** The attributes that speak to SES alone. */
  readonly marks: readonly Span[];
  /** Every placeholder of the pixel, wherever it stands. */
  readonly placeholders: readonly Span[];
  /** The first of them that stands where an image can stand. */
  readonly pixelPlace: Span | undefined;
  /** Where the body ends: the place of a pixel that has no placeholder. */
  readonly bodyEnd: number;
}

/** What SES replaces by the pixel. */
export const openPlaceholder = "{{ses:openTracker}}";

/** Elements whose content is text, not markup (HTML, 13.1.2): no image can stand there. */
const textElements = new Set("iframe noembed noframes plaintext script style textarea title xmp".split(" "));

/** The longest name of a tag and of an attribute that matters here. */
const longestName = "ses:no-track".length;

/**
 * Reads a text.
 * @param decode what a stretch of the text means, where it is bytes read as Latin-1.
 * @param markup the text as it is looked at, of the same length, where `text` has what only looks like markup.
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
      // Of attributes with one name the first counts (HTML, 13.2.5.33).
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
  /** Without quotes; undefined where there is none. */
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
 * An attribute with one space before it, where what follows keeps it apart from what goes before: after an unquoted value
 * a slash would become a part of it. A line break is not taken apart.
 */
function withSpace(markup: string, { start, end = start }: Attribute): Span {
  const goesBefore = markup[start - 1] ?? "";
  const follows = markup[end] ?? "";
  const spare = (goesBefore === " " || goesBefore === "\t") && /[ \t\r\n>]/.test(follows);
  return { start: spare ? start - 1 : start, end };
}
