/** Whatever bytes a file has: reading ends, and finds the same records however the bytes come in pieces. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { CsvGrammar } from "./csv-grammar.ts";
import { JsonGrammar } from "./json-grammar.ts";
import { contentOf, type FileRecord, longestRecord, readRecords } from "./records.ts";

const pieces = [
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "\\",
  ",",
  "\n",
  "\r",
  "\r\n",
  " ",
  "\t",
  ":",
  "a@b.co",
  "BOUNCE",
  "\ufeff",
  "\0",
];
const anyFile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => Buffer.from(parts.join(""))),
);
const grammars = {
  CSV: () => new CsvGrammar(),
  "CSV with objects": () => Object.assign(new CsvGrammar(), { jsonColumn: 1 }),
  JSON: () => new JsonGrammar(),
};

async function readAll(
  file: Uint8Array,
  grammar: CsvGrammar | JsonGrammar,
  size: number,
  from = { bytes: 0, lines: 0 },
) {
  const chunks = async function* () {
    for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
  };
  const found: FileRecord[] = [];
  for await (const records of readRecords(chunks(), grammar, from)) found.push(...records);
  return found.map((record) => ({ ...record, bytes: contentOf(record) }));
}

describe.each(Object.entries(grammars))("records of %s", (_name, grammar) => {
  it("do not depend on the pieces", async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, fc.integer({ min: 1, max: 7 }), async (file, size) => {
        const whole = await readAll(file, grammar(), 1_000);
        expect(await readAll(file, grammar(), size)).toEqual(whole);
        const [first] = whole;
        if (!first) return;
        const position = { bytes: first.doneBytes, lines: first.doneLines };
        expect(await readAll(file, grammar(), size, position)).toEqual(whole.slice(1));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it.each([
    ["a quote that is never closed", `"${"a\n".repeat(longestRecord)}`, longestRecord],
    ["a line without end", `{${"a".repeat(10 * longestRecord)}`, 1],
    ["braces without end", "{\n".repeat(1_000), 1_000],
    ["empty lines", "\r\n".repeat(longestRecord), 0],
  ])("end with %s", async (_what, text, atLeast) => {
    const size = 10_000;
    const whole = await readAll(Buffer.from(text), grammar(), size);
    expect(whole.length).toBeGreaterThanOrEqual(atLeast);
    expect(await readAll(Buffer.from(text), grammar(), 77_777)).toEqual(whole);
  });
});
