/**
 * Finds the JSON objects in a text. SES ends each event with a line break, but Firehose concatenates records as they are,
 * and what transforms them may leave the line breaks out or indent the objects.
 */

/** A part of the text: an object, which may be malformed inside, or what stands between objects. */
export interface TextPart {
  readonly text: string;
  readonly isObject: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const opening = 0x7b;
const closing = 0x7d;
const lineBreak = 0x0a;

/** Takes the text in chunks, as bytes of UTF-8, and returns what is complete. */
export class JsonObjectSplitter {
  readonly #longest: number;
  /** What has been taken, but not returned. */
  #kept: Buffer = Buffer.alloc(0);
  /** How much of it has been looked at, and what it ended in. */
  #seen = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** @param longest the largest object in bytes; what is longer is returned in parts that are no objects */
  constructor(longest: number) {
    this.#longest = longest;
  }

  push(chunk: Uint8Array): TextPart[] {
    this.#kept = this.#kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#kept, chunk]);
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
    this.#seen = length - start;
    return parts;
  }

  /** The rest of the text: an object that has no end, or what follows the last one. */
  end(): TextPart[] {
    const text = this.#kept.toString("utf8").trim();
    this.#kept = Buffer.alloc(0);
    this.#seen = 0;
    return text === "" ? [] : [{ text, isObject: false }];
  }
}

/** The parts of a text that is in memory as a whole. */
export function splitJsonObjects(text: Uint8Array, longest: number): TextPart[] {
  const splitter = new JsonObjectSplitter(longest);
  return [...splitter.push(text), ...splitter.end()];
}
