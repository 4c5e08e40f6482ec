/**
 * CSV as written by people and in SES's guide: RFC 4180, and also all kinds of line breaks, white space around fields,
 * and unquoted JSON objects (`{"Name": "John", "City": "Rome"}`) in the column that may contain them.
 */
import { cr, endOfLine, Grammar, isSpace, lf, linesOf, needMore, quote, unclosed } from "./grammar.ts";

const comma = 44;
const openBrace = 123;
const backslash = 92;
/** More fields than any file has. The rest of the line is ignored. */
const mostFields = 200;
const lineBreak = /[\r\n]/;

export class CsvGrammar extends Grammar {
  /** The index of the column whose fields may be unquoted JSON objects. */
  jsonColumn = -1;
  /** Where the record's last line begins, if it has several. */
  #lastLine = 0;

  override read(bytes: Buffer, at: number, final: boolean): number {
    const fields: string[] = [];
    const length = bytes.length;
    this.fields = fields;
    this.problem = undefined;
    this.lines = 0;
    if (this.innerLines.length > 0) this.innerLines = [];
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

  /**
   * Reads the quoted field that starts at `at`; returns the position of the comma or line break after it. Text behind
   * the closing quote makes the line a bad record. If the record has several lines, that is the sign of a quote that was
   * not meant as one, and whose end is a quote of a later record: the record is unclosed.
   */
  #readQuoted(bytes: Buffer, at: number, final: boolean): number {
    const from = at + 1;
    let searched = bytes;
    if (from < this.brokenUntil) {
      const end = endOfLine(bytes, from);
      if (end < this.brokenUntil && end < bytes.length) searched = bytes.subarray(0, end);
    }
    let i = from;
    let doubled = false;
    for (;;) {
      i = searched.indexOf(quote, i);
      if (i < 0) {
        this.reached = searched.length;
        return final || searched !== bytes ? unclosed : needMore;
      }
      if (i + 1 >= bytes.length && !final) return needMore;
      if (bytes[i + 1] !== quote) break;
      doubled = true;
      i += 2;
    }
    const text = bytes.toString("utf8", from, i);
    if (lineBreak.test(text)) {
      const more = linesOf(text).slice(1);
      // An empty array may belong to an earlier record.
      if (this.innerLines.length === 0) this.innerLines = more;
      else for (const line of more) this.innerLines.push(line);
      this.lines = this.innerLines.length;
      this.#lastLine = i;
      while (bytes[this.#lastLine - 1] !== lf && bytes[this.#lastLine - 1] !== cr) this.#lastLine--;
      if (this.fields.length >= mostFields) return this.#unclosed();
    }
    if (this.fields.length < mostFields) this.fields.push(doubled ? text.replaceAll('""', '"') : text);
    i++;
    while (i < bytes.length && isSpace(bytes[i])) i++;
    if (i >= bytes.length || bytes[i] === comma || bytes[i] === lf || bytes[i] === cr) return i;
    if (this.lines > 0) return this.#unclosed();
    this.problem = "there is text behind a closing quote";
    return endOfLine(bytes, i);
  }

  #unclosed(): typeof unclosed {
    this.reached = this.#lastLine;
    return unclosed;
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
      if (byte === backslash) {
        if (bytes[i + 1] !== lf && bytes[i + 1] !== cr) i++;
      } else if (byte === quote) quoted = false;
    } else if (byte === quote) quoted = true;
    else if (byte === openBrace) depth++;
    else if (byte === 125 && --depth === 0) return i + 1;
  }
  return at;
}
