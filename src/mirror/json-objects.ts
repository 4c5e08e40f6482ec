/**
 * Finds the JSON objects in a text. SES ends each event with a line break, but Firehose concatenates records as they are,
 * and what transforms them may leave the line breaks out or indent the objects.
 */

/** A part of the text: an object, which may be malformed inside, or what stands between objects. */
export interface TextPart {
  readonly text: string;
  readonly isObject: boolean;
  /** The members of an object that was parsed to find its end. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
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
  /** How far lines were looked for; before it, an object is not the whole of a line. */
  #searched = 0;

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
    this.#seen = length - start;
    this.#searched = Math.max(0, this.#searched - start);
    return parts;
  }

  /**
   * The object that begins here, if the rest of its line is nothing else. It usually is, and V8's parser finds its end
   * twice as fast as a loop over its bytes, and it must be parsed anyway.
   */
  #objectInLine(start: number): { part: TextPart; end: number } | undefined {
    if (start < this.#searched) return undefined;
    const end = this.#kept.indexOf(lineBreak, start);
    // Not once more for each object in this line.
    this.#searched = end === -1 ? this.#kept.length : end;
    if (end === -1 || end - start > this.#longest) return undefined;
    const text = this.#kept.toString("utf8", start, end).trimEnd();
    const members = parseObject(text);
    return members && { part: { text, isObject: true, members }, end: end + 1 };
  }

  /** The rest of the text: an object that has no end, or what follows the last one. */
  end(): TextPart[] {
    const text = this.#kept.toString("utf8").trim();
    this.#kept = Buffer.alloc(0);
    this.#seen = 0;
    return text === "" ? [] : [{ text, isObject: false }];
  }
}

/** The members of a JSON object; undefined for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The parts of a text that is in memory as a whole. */
export function splitJsonObjects(text: Uint8Array, longest: number): TextPart[] {
  const splitter = new JsonObjectSplitter(longest);
  return [...splitter.push(text), ...splitter.end()];
}
