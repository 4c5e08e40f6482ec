/** Reads files as import jobs do, without a job. */
import type { Reading } from "../../src/jobs/imports/batch.ts";
import { contactReading } from "../../src/jobs/imports/contact-records.ts";
import { CsvGrammar } from "../../src/jobs/imports/csv-grammar.ts";
import { JsonGrammar } from "../../src/jobs/imports/json-grammar.ts";
import { readRecords } from "../../src/jobs/imports/records.ts";
import { rowsInside } from "../../src/jobs/imports/rows-inside.ts";
import { suppressionReading } from "../../src/jobs/imports/suppression-records.ts";

export type Format = "CSV" | "JSON";

/** How an import of contacts reads a file. */
export function contacts(format: Format = "CSV") {
  const csv = new CsvGrammar();
  const topics = new Set(["News"]);
  const reading = contactReading({ list: "people", topics, action: "PUT", format }, csv);
  return { reading, grammar: format === "CSV" ? csv : new JsonGrammar() };
}
/** How an import of suppressed addresses reads a file. */
export function suppressions(format: Format = "CSV", action: "PUT" | "DELETE" = "PUT") {
  return {
    reading: suppressionReading(action, format),
    grammar: format === "CSV" ? new CsvGrammar() : new JsonGrammar(),
  };
}

interface Outcome {
  taken: string[];
  failed: number[];
  reasons: string[];
}

/** Reads a file in pieces of `size` bytes; resolves to the addresses that take effect, and the lines that fail. */
export async function read(
  text: string | Uint8Array,
  { reading, grammar }: { reading: Reading; grammar: CsvGrammar | JsonGrammar },
  size = 1_000,
): Promise<Outcome> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const outcome: Outcome = { taken: [], failed: [], reasons: [] };
  for await (const records of readRecords(chunks(), grammar, { bytes: 0, lines: 0 }, reading.first)) {
    for (const record of records) {
      const lost = rowsInside(record, reading);
      for (const { line, reason } of lost) {
        outcome.failed.push(line);
        outcome.reasons.push(reason);
      }
      if (lost.length > 0) continue;
      const effect = record.problem ?? reading.effectOf(record);
      if (typeof effect === "string") {
        outcome.failed.push(record.line);
        outcome.reasons.push(effect);
      } else outcome.taken.push(effect.kind === "put contact" ? effect.contact.address : effect.address);
    }
  }
  return outcome;
}

/** The header of a contacts file. */
export const header = "emailAddress,unsubscribeAll,attributesData\n";

/** Addresses with these local parts. */
export const people = (...names: string[]) => names.map((name) => `${name}@example.com`);
