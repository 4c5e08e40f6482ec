import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { filled, numbered } from "../../../test/support/hostile-mails.ts";
import { contactReading } from "./contact-records.ts";
import { CsvGrammar } from "./csv-grammar.ts";
import { ImportError } from "./import-error.ts";
import { JsonGrammar } from "./json-grammar.ts";
import { firstRecords, readRecords } from "./records.ts";
import { suppressionReading } from "./suppression-records.ts";

const files: Readonly<Record<string, (size: number) => string>> = {
  rows: (size) => filled("a@b.c,BOUNCE\n", size),
  "rows with an open quote": (size) => filled('a,"x\n', size),
  "an open quote first": (size) => `"${filled("a,x\n", size)}`,
  "an open quote last": (size) => `${filled("a,x\n", size)}"`,
  "lines of one quote": (size) => filled('"\n', size),
  "lines of three quotes": (size) => filled('"""\n', size),
  "a field of quotes": (size) => `"${filled('""', size)}`,
  "text behind quotes": (size) => filled('""x\n', size),
  commas: (size) => filled(",", size),
  "lines of a comma": (size) => filled(",\n", size),
  spaces: (size) => filled(" ", size),
  "line breaks": (size) => filled("\r", size),
  "one long line": (size) => filled("a", size),
  "no UTF-8": (size) => filled("\xff\n", size),
  objects: (size) => filled('{"emailAddress":"a@b.c","reason":"BOUNCE"}\n', size),
  "open braces": (size) => filled("{", size),
  "lines of an open brace": (size) => filled('{"a":1,\n', size),
  "open braces far apart": (size) => filled(`{${"\n".repeat(500)}`, size),
  "objects in the second column": (size) => filled('a,{"x\n', size),
  "escapes in a string": (size) => `{"${filled("\\", size)}`,
  "many levels": (size) => filled(`${"{".repeat(8)}${"}".repeat(8)}\n`, size),
};

const csvWithObjects = () => Object.assign(new CsvGrammar(), { jsonColumn: 1 });
const sizes = { least: 4096, most: 1 << 14 };

describe.each([
  ["CSV", csvWithObjects],
  ["JSON", () => new JsonGrammar()],
] as const)("a file of %s is read in linear time", (format, grammar) => {
  it.each(Object.entries(files))("%s", async (_, make) => {
    const reading = suppressionReading("PUT", format);
    await expectLinear(
      (size) => Buffer.from(make(size), "latin1"),
      (bytes) => firstRecords(bytes, grammar(), true, reading.first).map(reading.effectOf),
      sizes,
    );
  });

  it.each(["rows with an open quote", "one long line"])("%s, in small chunks", async (name) => {
    const make = files[name] ?? (() => "");
    async function* chunks(bytes: Buffer) {
      for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
    }
    await expectLinear(
      (size) => Buffer.from(make(size)),
      async (bytes) => {
        for await (const _ of readRecords(chunks(bytes), grammar(), { bytes: 0, lines: 0 }));
      },
      // Longer than the longest record, which is read again with each chunk until it is too long.
      { least: 1 << 18, most: 1 << 18 },
    );
  });
});

describe("records of contacts are read in linear time", () => {
  const reading = (format: "CSV" | "JSON", csv: CsvGrammar) =>
    contactReading({ list: "l", topics: new Set(["T"]), action: "PUT", format }, csv);

  it("columns", async () => {
    await expectLinear(
      (size) => Buffer.from(`emailAddress${numbered((one) => `,topicPreferences.T${one}`, size)}\na@b.c`),
      refusable((bytes) => {
        const csv = new CsvGrammar();
        return firstRecords(bytes, csv, true, reading("CSV", csv).first);
      }, ImportError),
      sizes,
    );
  });

  it("preferences", async () => {
    const preference = '{"topicName":"T","subscriptionStatus":"OPT_IN"}';
    await expectLinear(
      (size) =>
        Buffer.from(`{"emailAddress":"a@b.c","topicPreferences":[${filled(`${preference},`, size)}${preference}]}`),
      (bytes) => firstRecords(bytes, new JsonGrammar(), true).map(reading("JSON", new CsvGrammar()).effectOf),
      sizes,
    );
  });
});
