/** Reads records from a stream of a file's bytes, with bounded memory. */
import { isAscii, isUtf8 } from "node:buffer";
import { endOfLine, type Grammar, lf, needMore, unclosed } from "./grammar.ts";

/** The maximum size of a record in bytes; a longer one is a bad record. */
export const longestRecord = 128 * 1024;
/** The maximum length of a bad record's text in reports. */
const longestContent = 2_000;

/** A record with its original bytes. */
export interface FileRecord {
  /** The line where it begins, starting at 1. */
  readonly line: number;
  /** Bytes and line breaks of the file up to the record's end. */
  readonly doneBytes: number;
  readonly doneLines: number;
  /** As parsed by the grammar; empty if there is a problem. */
  readonly fields: readonly string[];
  /** Why it can't be read, phrased to follow the record's name. */
  readonly problem: string | undefined;
  readonly bytes: Uint8Array;
  /** See `Grammar.innerLines`. */
  readonly innerLines: readonly string[];
}

/** The first record of a file, which may be something else. */
export type FirstRecord = Pick<FileRecord, "fields" | "problem" | "bytes">;

/**
 * Tells what the first record is: part of the data, or something to leave out: the header, or a line before the header.
 * Throws an `ImportError` if the file can't be imported at all.
 */
export type FirstReader = (first: FirstRecord) => "record" | "header" | "before the header";

/** A record's text for reports, truncated. Replaces invalid UTF-8, and NUL, which PostgreSQL rejects. */
export function contentOf({ bytes }: Pick<FileRecord, "bytes">): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4 * longestContent)).toString("utf8");
  return text.slice(0, longestContent).toWellFormed().replaceAll("\0", "\ufffd");
}

/** Where to resume: the bytes and line breaks already processed. */
export interface FilePosition {
  bytes: number;
  lines: number;
}

/**
 * Reads records, many at a time. The end of a record depends only on the bytes, not on how they are split into chunks,
 * so a run can resume at the record where another stopped. (Only bad records of more than `longestRecord` bytes that
 * overlap may be split differently by a resumed run.)
 */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  grammar: Grammar,
  from: FilePosition,
  first?: FirstReader,
): AsyncGenerator<FileRecord[]> {
  const reader = new RecordReader(grammar, from, first);
  for await (const chunk of chunks) {
    const records = reader.push(chunk, false);
    if (records.length > 0) yield records;
  }
  const records = reader.push(new Uint8Array(), true);
  if (records.length > 0) yield records;
}

/**
 * The records at the beginning of a file. Ignores everything after the last record whose end is certain, unless the
 * bytes are the `whole` file.
 */
export function firstRecords(bytes: Uint8Array, grammar: Grammar, whole: boolean, first?: FirstReader): FileRecord[] {
  const reader = new RecordReader(grammar, { bytes: 0, lines: 0 }, first);
  const records = reader.push(bytes, false);
  return whole ? [...records, ...reader.push(new Uint8Array(), true)] : records;
}

/** What is read at a time: the rest of the last chunk and what was added. */
interface Chunk {
  readonly bytes: Buffer;
  readonly ascii: boolean;
  /** Whether the file ends with it. */
  readonly final: boolean;
  /** The records that were found in it. */
  readonly found: FileRecord[];
}

interface BadLine {
  readonly bytes: Uint8Array;
  readonly problem: string;
  /** Where the next line begins in the chunk. */
  readonly next: number;
  /** Whether a line break ends it. */
  readonly broken: boolean;
}

class RecordReader {
  readonly #grammar: Grammar;
  readonly #from: FilePosition;
  readonly #first: FirstReader | undefined;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes after `#rest` that are not read yet. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** The position of `#rest` in the file. */
  #bytes = 0;
  #lines = 0;
  /** The beginning of a record that is too long, while its end is being searched. */
  #tooLong: Uint8Array | undefined;
  #begun = false;
  #headerRead: boolean;
  /** See `Grammar.brokenUntil`; a position in the file. */
  #brokenUntil = 0;

  constructor(grammar: Grammar, from: FilePosition, first?: FirstReader) {
    this.#grammar = grammar;
    this.#from = from;
    this.#first = first;
    this.#headerRead = first === undefined;
  }

  push(added: Uint8Array, final: boolean): FileRecord[] {
    const found: FileRecord[] = [];
    this.#waiting.push(added);
    this.#waitingBytes += added.length;
    // The rest is the beginning of a record and is read again. Waiting until it doubles keeps that linear.
    if (this.#waitingBytes < this.#rest.length && !final) return found;
    const bytes =
      this.#rest.length === 0 && this.#waiting.length === 1
        ? Buffer.from(added.buffer, added.byteOffset, added.length)
        : Buffer.concat([this.#rest, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    const chunk: Chunk = { bytes, ascii: isAscii(bytes), final, found };
    let at = 0;
    if (!this.#begun) {
      if (bytes.length < 3 && !final) {
        this.#rest = bytes;
        return found;
      }
      this.#begun = true;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    }
    while (at < bytes.length || (final && this.#tooLong)) {
      if (this.#headerRead && this.#bytes + at < this.#from.bytes) {
        at = Math.min(bytes.length, this.#from.bytes - this.#bytes);
        if (this.#bytes + at < this.#from.bytes) break;
        this.#lines = this.#from.lines;
        continue;
      }
      const next = this.#tooLong ? this.#passLongLine(chunk, at) : this.#readOne(chunk, at);
      if (next < 0) break;
      at = next;
    }
    this.#rest = bytes.subarray(at);
    this.#bytes += at;
    return found;
  }

  /** Reads the record at `at`; returns the position of the next one, or `needMore`. */
  #readOne(chunk: Chunk, at: number): number {
    const { bytes, ascii, final, found } = chunk;
    const grammar = this.#grammar;
    grammar.brokenUntil = this.#brokenUntil - this.#bytes;
    const next = grammar.read(bytes, at, final);
    if (next === needMore && bytes.length - at <= longestRecord) return needMore;
    if (next < 0 || next - at > longestRecord) {
      const reached = next === unclosed ? Math.min(grammar.reached, at + longestRecord) : at + longestRecord;
      this.#brokenUntil = Math.max(this.#brokenUntil, this.#bytes + reached);
      return this.#passFirstLine(chunk, at);
    }
    const line = this.#lines + 1;
    this.#lines += grammar.lines;
    if (grammar.blank) return next;
    const record = bytes.subarray(grammar.start, grammar.end);
    if (!this.#headerRead && this.#isHeader({ fields: grammar.fields, problem: grammar.problem, bytes: record }))
      return next;
    const problem = ascii || isUtf8(record) ? grammar.problem : "it is not UTF-8";
    const doneBytes = this.#bytes + next;
    if (doneBytes <= this.#from.bytes) return next;
    const fields = problem === undefined ? grammar.fields : [];
    const { innerLines } = grammar;
    found.push({ line, doneBytes, doneLines: this.#lines, fields, problem, bytes: record, innerLines });
    return next;
  }

  #isHeader({ fields, problem, bytes }: FirstRecord): boolean {
    const kind = this.#first?.({ fields, problem, bytes });
    this.#headerRead = kind !== "before the header";
    return kind !== "record";
  }

  /** Treats the first line of an unclosed or too long record as a bad record: the lines after it may be good. */
  #passFirstLine({ bytes, final, found }: Chunk, at: number): number {
    const end = endOfLine(bytes, at);
    if (end >= bytes.length && !final && end <= at + longestRecord) return needMore;
    if (end > at + longestRecord) {
      this.#tooLong = bytes.subarray(at, at + longestRecord);
      return at + longestRecord;
    }
    const next = afterLine(bytes, end, final);
    if (next === needMore) return needMore;
    const problem = "a quote or a brace in it is never closed";
    found.push(...this.#badLine({ bytes: bytes.subarray(at, end), problem, next, broken: end < bytes.length }));
    return next;
  }

  #passLongLine({ bytes, final, found }: Chunk, at: number): number {
    const end = endOfLine(bytes, at);
    if (end >= bytes.length && !final) {
      // Discards the bytes.
      return at === bytes.length ? needMore : bytes.length;
    }
    const next = afterLine(bytes, end, final);
    if (next === needMore) return needMore;
    const begin = this.#tooLong ?? bytes;
    this.#tooLong = undefined;
    const problem = `it is longer than ${longestRecord} bytes`;
    found.push(...this.#badLine({ bytes: begin, problem, next, broken: end < bytes.length }));
    return next;
  }

  /** The record of a bad line; none where it is the header. */
  #badLine({ bytes, problem, next, broken }: BadLine): FileRecord[] {
    const line = this.#lines + 1;
    if (broken) this.#lines++;
    if (!this.#headerRead && this.#isHeader({ fields: [], problem, bytes })) return [];
    const doneBytes = this.#bytes + next;
    return [{ line, doneBytes, doneLines: this.#lines, fields: [], problem, bytes, innerLines: [] }];
  }
}

function afterLine(bytes: Buffer, end: number, final: boolean): number {
  if (end >= bytes.length) return end;
  if (bytes[end] === lf) return end + 1;
  if (end + 1 >= bytes.length && !final) return needMore;
  return bytes[end + 1] === lf ? end + 2 : end + 1;
}
