/** What a record of a file is, read from its bytes. */

/** `needMore`: whether a record ends can't be said before more bytes are there. */
export const needMore = -1;
/** `unclosed`: something was opened (a quote, a brace) that is not closed. */
export const unclosed = -2;

/** Reads one record at a time. What it found stands in its own fields until the next `read`: this is the inner loop. */
export abstract class Grammar {
  /** The record's fields, as text. */
  fields: string[] = [];
  /** What is wrong with the record, though it is clear where it ends. */
  problem: string | undefined;
  /** Line breaks in the record, with the one at its end where that is read with it. */
  lines = 0;
  /** Where the record begins and ends, without white space and the line break. */
  start = 0;
  end = 0;
  /** Whether there was no record, just white space. */
  blank = false;

  /**
   * Reads the record at `at`; `final`: no more bytes will come. Answers where the next one begins, `needMore` or
   * `unclosed`.
   */
  abstract read(bytes: Buffer, at: number, final: boolean): number;
}

export const lf = 10;
export const cr = 13;
export const quote = 34;

/** Space or tab. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}

/** How many line breaks (LF, CRLF, CR) are in a text. */
export function countLineBreaks(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === lf || (c === cr && text.charCodeAt(i + 1) !== lf)) count++;
  }
  return count;
}
