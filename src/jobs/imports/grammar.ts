/** Parses the records of a file from its bytes. */

/** `needMore`: more bytes are needed to find the end of a record. */
export const needMore = -1;
/** `unclosed`: a quote or a brace is never closed. */
export const unclosed = -2;

/** Reads one record at a time. This is the inner loop, so the result is kept in fields until the next `read`. */
export abstract class Grammar {
  /** The record's fields as strings. */
  fields: string[] = [];
  /** What is wrong with a record whose end is known. */
  problem: string | undefined;
  /** Line breaks in the record, including the one at its end if it was read. */
  lines = 0;
  /** The position of the record, without surrounding white space and the line break. */
  start = 0;
  end = 0;
  /** Whether there was only white space instead of a record. */
  blank = false;

  /**
   * Reads the record at `at`. `final` means that no more bytes follow. Returns the position of the next record,
   * `needMore` or `unclosed`.
   */
  abstract read(bytes: Buffer, at: number, final: boolean): number;
}

export const lf = 10;
export const cr = 13;
export const quote = 34;

/** Whether the byte is a space or a tab. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}

/** The number of line breaks (LF, CRLF, CR) in a string. */
export function countLineBreaks(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === lf || (c === cr && text.charCodeAt(i + 1) !== lf)) count++;
  }
  return count;
}
