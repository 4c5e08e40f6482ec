/**
 * CSV as written by people and in SES's guide: RFC 4180, and also all kinds of line breaks, white space around fields,
 * and unquoted JSON objects (`{"Name": "John", "City": "Rome"}`) in the column that may contain them.
 */
import { countLineBreaks, cr, Grammar, isSpace, lf, needMore, quote, unclosed } from "./grammar.ts";

const comma = 44;
const openBrace = 123;
const backslash = 92;
/** More fields than any file has. The rest of the line is ignored. */
const mostFields = 200;

export class CsvGrammar extends Grammar {
  /** The index of the column whose fields may be unquoted JSON objects. */
  jsonColumn = -1;

  override read(bytes: Buffer, at: number, final: boolean): number {
    const fields: string[] = [];
    const length = bytes.length;
    this.fields = fields;
    this.problem = undefined;
    this.lines = 0;
    this.start = at;
    let i = at;
    for (;;) {
      while (i < length && isSpace(bytes[i])) i++;
      const begin = i;
      if (bytes[i] === quote) {
        i = this.#readQuoted(bytes, i, final);
        if (i < 0) return i;
      } else {
        if (bytes[i] === openBrace && fields.length === this.jsonColumn) i = afterObject(bytes, i);
        while (i < length) {
          const byte = bytes[i];
          if (byte === comma || byte === lf || byte === cr) break;
          i++;
        }
        let end = i;
        while (end > begin && isSpace(bytes[end - 1])) end--;
        if (fields.length < mostFields) fields.push(bytes.toString("utf8", begin, end));
      }
      if (i >= length) {
        if (!final) return needMore;
        break;
      }
      if (bytes[i] !== comma) break;
      i++;
    }
    this.end = i;
    this.blank = fields.length === 1 && fields[0] === "";
    if (i >= length) return i;
    this.lines++;
    if (bytes[i] === lf) return i + 1;
    if (i + 1 >= length && !final) return needMore;
    return bytes[i + 1] === lf ? i + 2 : i + 1;
  }

  /** Reads the quoted field that starts at `at`; returns the position of the comma or line break after it. */
  #readQuoted(bytes: Buffer, at: number, final: boolean): number {
    const from = at + 1;
    let i = from;
    let doubled = false;
    for (;;) {
      i = bytes.indexOf(quote, i);
      if (i < 0) return final ? unclosed : needMore;
      if (i + 1 >= bytes.length && !final) return needMore;
      if (bytes[i + 1] !== quote) break;
      doubled = true;
      i += 2;
    }
    const text = bytes.toString("utf8", from, i);
    this.lines += countLineBreaks(text);
    if (this.fields.length < mostFields) this.fields.push(doubled ? text.replaceAll('""', '"') : text);
    i++;
    while (i < bytes.length) {
      const byte = bytes[i];
      if (byte === comma || byte === lf || byte === cr) break;
      if (!isSpace(byte)) this.problem = "there is text behind a closing quote";
      i++;
    }
    return i;
  }
}

/** The end of an object that starts at `at`, if it is on the same line; otherwise `at`. */
function afterObject(bytes: Buffer, at: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === lf || byte === cr) return at;
    if (quoted) {
      if (byte === backslash) i++;
      else if (byte === quote) quoted = false;
    } else if (byte === quote) quoted = true;
    else if (byte === openBrace) depth++;
    else if (byte === 125 && --depth === 0) return i + 1;
  }
  return at;
}
