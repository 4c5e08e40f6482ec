/** Which links can be tracked. */
import { QuoteType, Tokenizer, type TokenizerCallbacks } from "htmlparser2";

/** In characters. Browsers and mail programs truncate longer URLs, and the tracked link is longer than its target. */
const maxTarget = 2048;

/**
 * The target of a link, parsed like a browser parses a URL attribute (URL Standard, 4.4: surrounding white space and
 * line breaks are ignored). Undefined if it can't be tracked: a scheme other than HTTP and HTTPS, a relative reference,
 * or an unrendered template variable.
 */
export function linkTarget(value: string): string | undefined {
  const url = value.trim().replace(/[\t\r\n]/g, "");
  if (url.length > maxTarget || !/^https?:\/\//i.test(url) || /\{\{|\}\}/.test(url)) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(url)) return undefined;
  return URL.canParse(url) ? url.toWellFormed() : undefined;
}

/**
 * The value of an attribute with its character references resolved.
 * @param source the source text without quotes.
 * @param decode decodes bytes read as Latin-1 by the charset.
 */
export function attributeText(source: string, quote: QuoteType, decode: (stretch: string) => string): string {
  if (!source.includes("&")) return decode(source);
  const mark = quote === QuoteType.Double ? '"' : quote === QuoteType.Single ? "'" : "";
  const tag = `<a b=${mark}${source}${mark}>`;
  let text = "";
  const callbacks: TokenizerCallbacks = {
    ...noCallbacks,
    onattribdata(start, end) {
      text += decode(tag.slice(start, end));
    },
    onattribentity(codePoint) {
      text += String.fromCodePoint(codePoint);
    },
  };
  const tokenizer = new Tokenizer({ decodeEntities: true }, callbacks);
  tokenizer.write(tag);
  tokenizer.end();
  return text;
}

/** Empty callbacks, for events of the tokenizer that are not needed. */
export const noCallbacks: TokenizerCallbacks = {
  onattribdata() {},
  onattribend() {},
  onattribentity() {},
  onattribname() {},
  oncdata() {},
  onclosetag() {},
  oncomment() {},
  ondeclaration() {},
  onend() {},
  onopentagend() {},
  onopentagname() {},
  onprocessinginstruction() {},
  onselfclosingtag() {},
  ontext() {},
  ontextentity() {},
};
