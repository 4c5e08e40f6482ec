/**
 * Rows inside quoted fields. A quote that was not meant as one takes in the rows after it until another quote closes the
 * field. Such rows must not get lost without being counted. Nor are they imported: in a correct file they would be text.
 */
import type { RecordEffect } from "./batch.ts";
import { CsvGrammar } from "./csv-grammar.ts";
import { linesOf } from "./grammar.ts";
import type { FileRecord } from "./records.ts";

/** How to recognize rows, and what a record does: both depend on the kind of job. */
export interface RowReading {
  effectOf(record: FileRecord): RecordEffect | string;
  /**
   * Whether a line could be a record of its own: its address is valid, or, if `width` is given, it has this many fields.
   */
  isRow(line: string, width?: number): boolean;
}

/** A line that counts as a failed record. */
export interface LostLine {
  readonly line: number;
  readonly bytes: Uint8Array;
  readonly reason: string;
}

/**
 * The lines of a record over several lines, if they have to count as failed records of their own: a line inside looks
 * like a record. Otherwise empty. A record that is valid may have a note with line breaks in a column that is ignored,
 * so its lines must contain a valid address to count.
 */
export function rowsInside(record: FileRecord, reading: RowReading): LostLine[] {
  const { innerLines, problem, fields, line: first } = record;
  if (innerLines.length === 0) return [];
  const width = typeof reading.effectOf(record) === "string" ? fields.length : undefined;
  if (problem === undefined && !innerLines.some((line) => reading.isRow(line, width))) return [];
  return linesOf(Buffer.from(record.bytes).toString("latin1")).flatMap((text, index) => {
    if (text.trim() === "") return [];
    const reason =
      index === 0
        ? "The record can't be read: a quote in it is not closed on the same line, and the lines after it look like records."
        : `The record can't be read: a quote in line ${first} is not closed before it.`;
    return [{ line: first + index, bytes: Buffer.from(text, "latin1"), reason }];
  });
}

/** The fields of a CSV line by itself; undefined if it can't be read. */
export function fieldsOfLine(line: string): readonly string[] | undefined {
  const grammar = new CsvGrammar();
  const next = grammar.read(Buffer.from(line), 0, true);
  return next < 0 || grammar.problem !== undefined ? undefined : grammar.fields;
}
