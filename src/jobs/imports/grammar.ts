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
  /** The text of a record over several lines, after its first line: of CSV, only what its quoted fields contain. */
  innerLines: string[] = [];
  /** After `unclosed`: where the last line begins that was read as part of the record. */
  reached = 0;
  /**
   * Set by the caller: no quoted field goes on over a line break before this position. An earlier quote was read up to
   * here without finding its end, so one that opens in between has none either. This keeps reading linear.
   */
  brokenUntil = 0;

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

/** The position of the first line break at or after `at`, or the length of `bytes`. */
export function endOfLine(bytes: Buffer, at: number): number {
  for (let i = at; i < bytes.length; i++) if (bytes[i] === lf || bytes[i] === cr) return i;
  return bytes.length;
}

/** The lines of a text; they end with LF, CRLF or CR. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}
