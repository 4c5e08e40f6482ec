/**
 * A sequence of JSON objects: each on its own line, or over several lines, as SES's guide prints them. Finds the end of
 * each object; parsing it later shows whether it is valid JSON. Only an object over several lines is parsed here: if it
 * is not JSON, it may be a cut line that took in the objects after it.
 */
import { cr, Grammar, isSpace, lf, linesOf, needMore, quote, unclosed } from "./grammar.ts";

const backslash = 92;
/** A contact has objects in an array in an object. Deeper nesting is invalid and must not be scanned without end. */
const mostDepth = 8;

/** Reads objects. The only field is the object's text. */
export class JsonGrammar extends Grammar {
  override read(bytes: Buffer, at: number, final: boolean): number {
    const length = bytes.length;
    this.problem = undefined;
    this.lines = 0;
    if (this.innerLines.length > 0) this.innerLines = [];
    this.blank = false;
    let i = at;
    // Handle white space and line breaks one by one, so that a file of nothing else is not held in memory.
    while (i < length && isSpace(bytes[i])) i++;
    if (i > at || bytes[i] === lf || bytes[i] === cr) {
      this.blank = true;
      this.start = i;
      this.end = i;
      this.fields = [""];
      return i > at ? i : this.#afterLineBreak(bytes, i, final);
    }
    this.start = i;
    if (bytes[i] !== 123) {
      while (i < length && bytes[i] !== lf && bytes[i] !== cr) i++;
      if (i >= length && !final) return needMore;
      this.problem = "it is not a JSON object";
      this.end = i;
      return i;
    }
    let depth = 0;
    for (; i < length; i++) {
      const byte = bytes[i];
      if (byte === quote) {
        i = endOfString(bytes, i, final);
        if (i < 0) return i;
      } else if (byte === 123 || byte === 91) {
        if (++depth > mostDepth) return unclosed;
      } else if (byte === 125 || byte === 93) {
        if (--depth === 0) break;
      } else if (byte === lf || (byte === cr && bytes[i + 1] !== lf)) {
        if (byte === cr && i + 1 >= length && !final) return needMore;
        this.lines++;
      }
    }
    if (i >= length) return final ? unclosed : needMore;
    this.end = i + 1;
    const text = bytes.toString("utf8", this.start, this.end);
    if (this.lines > 0) {
      if (!isJson(text)) return unclosed;
      this.innerLines = linesOf(text).slice(1);
    }
    this.fields = [text];
    return this.end;
  }

  #afterLineBreak(bytes: Buffer, at: number, final: boolean): number {
    if (bytes[at] === cr && at + 1 >= bytes.length && !final) return needMore;
    this.lines = 1;
    return bytes[at] === cr && bytes[at + 1] === lf ? at + 2 : at + 1;
  }
}

/** The position of the closing quote. A string contains no line break (RFC 8259, 7). */
function endOfString(bytes: Buffer, at: number, final: boolean): number {
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === quote) return i;
    if (byte === lf || byte === cr) return unclosed;
    if (byte === backslash && bytes[i + 1] !== lf && bytes[i + 1] !== cr) i++;
  }
  return final ? unclosed : needMore;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
