/**
 * Finds the JSON objects in a text. SES ends each event with a line break, but Firehose concatenates records unchanged,
 * and a transformation may drop the line breaks or indent the objects.
 */
import { jsonOrUndefined } from "../common/parse-data.ts";

/** A part of the text: an object, which may be malformed inside, or the text between objects. */
export interface TextPart {
  readonly text: string;
  readonly isObject: boolean;
  /** The object's members, if it was parsed to find its end. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
}

const quote = 0x22;
const backslash = 0x5c;
const opening = 0x7b;
const closing = 0x7d;
const lineBreak = 0x0a;

/** Takes the text in chunks of UTF-8 bytes and returns the parts that are complete. */
export class JsonObjectSplitter {
  readonly #longest: number;
  /** Has room for more bytes than there are, so that a long object is not copied with each chunk. */
  #buffer: Buffer = Buffer.alloc(0);
  /** Where the bytes that have not been returned yet begin in it. */
  #begin = 0;
  /** These bytes. */
  #kept: Buffer = this.#buffer;
  /** How many of these bytes have been scanned, and the scanner's state after them. */
  #seen = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** How far the search for line breaks got; an object that begins before this is not alone on its line. */
  #searched = 0;

  /** @param longest the largest object in bytes; a longer one is returned in parts with `isObject` false */
  constructor(longest: number) {
    this.#longest = longest;
  }

  push(chunk: Uint8Array): TextPart[] {
    this.#append(chunk);
    const parts: TextPart[] = [];
    let start = 0;
    const take = (end: number, isObject: boolean) => {
      const text = this.#kept.toString("utf8", start, end).trim();
      if (text !== "") parts.push({ text, isObject });
      start = end;
    };
    const { length } = this.#kept;
    for (let at = this.#seen; at < length; at++) {
      const byte = this.#kept[at];
      if (this.#depth === 0) {
        if (byte === opening) {
          take(at, false);
          const line = this.#objectInLine(at);
          if (line) {
            parts.push(line.part);
            start = line.end;
            at = line.end - 1;
            continue;
          }
          this.#depth = 1;
        } else if (byte === lineBreak) {
          take(at + 1, false);
        }
      } else if (this.#isEscaped) {
        this.#isEscaped = false;
      } else if (this.#isInString) {
        if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) this.#isInString = false;
      } else if (byte === quote) {
        this.#isInString = true;
      } else if (byte === opening) {
        this.#depth++;
      } else if (byte === closing) {
        this.#depth--;
        if (this.#depth === 0) take(at + 1, true);
      }
      if (at + 1 - start >= this.#longest) {
        take(at + 1, false);
        this.#depth = 0;
        this.#isInString = false;
        this.#isEscaped = false;
      }
    }
    this.#kept = this.#kept.subarray(start);
    this.#begin += start;
    this.#seen = length - start;
    this.#searched = Math.max(0, this.#searched - start);
    return parts;
  }

  #append(chunk: Uint8Array): void {
    const kept = this.#kept.length;
    const length = kept + chunk.length;
    if (kept === 0) this.#begin = 0;
    if (this.#begin + length > this.#buffer.length) {
      // A copy of kept bytes leaves at least half of the buffer free, so each byte is copied a few times at most.
      const wanted = kept === 0 ? length : 2 * length;
      const wide = wanted <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(wanted);
      this.#kept.copy(wide);
      this.#buffer = wide;
      this.#begin = 0;
    }
    this.#buffer.set(chunk, this.#begin + kept);
    this.#kept = this.#buffer.subarray(this.#begin, this.#begin + length);
  }

  /**
   * The object that begins at `start`, if it takes up the rest of its line. Most objects do. V8's parser finds the end
   * twice as fast as a loop over the bytes, and the object must be parsed anyway.
   */
  #objectInLine(start: number): { part: TextPart; end: number } | undefined {
    if (start < this.#searched) return undefined;
    const end = this.#kept.indexOf(lineBreak, start);
    // So that the search is not repeated for each object in this line.
    this.#searched = end === -1 ? this.#kept.length : end;
    if (end === -1 || end - start > this.#longest) return undefined;
    const text = this.#kept.toString("utf8", start, end).trimEnd();
    const members = parseObject(text);
    return members && { part: { text, isObject: true, members }, end: end + 1 };
  }

  /** The rest of the text: an unterminated object, or what follows the last object. */
  end(): TextPart[] {
    const text = this.#kept.toString("utf8").trim();
    this.#kept = Buffer.alloc(0);
    this.#buffer = this.#kept;
    this.#begin = 0;
    this.#seen = 0;
    return text === "" ? [] : [{ text, isObject: false }];
  }
}

/** Parses a JSON object; undefined for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonOrUndefined(text);
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Splits a text that is in memory as a whole. */
export function splitJsonObjects(text: Uint8Array, longest: number): TextPart[] {
  const splitter = new JsonObjectSplitter(longest);
  return [...splitter.push(text), ...splitter.end()];
}
