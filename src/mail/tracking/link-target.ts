/** Which links can be tracked. */
import { QuoteType, Tokenizer, type TokenizerCallbacks } from "htmlparser2";

/** Browsers and mail programs cut longer ones, and the tracked link is longer still. In characters. */
const maxTarget = 2048;

/**
 * The target of a link, read as a browser reads an attribute of a URL (URL Standard, 4.4: white space around it and line
 * breaks in it don't count); undefined where it is none that can be tracked: another scheme than HTTP's, a relative
 * reference, or one with something of a template left in it.
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
 * @param source as it stands in the text, without its quotes.
 * @param decode what a stretch of it means, where it is bytes read as Latin-1.
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

/** What the tokenizer tells and nobody here wants to know. */
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
