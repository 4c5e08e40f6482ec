import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { type ParquetColumn, type ParquetValue, parquetFile } from "./parquet.ts";

const columns: ParquetColumn[] = [
  { name: "subject", type: "STRING" },
  { name: "at", type: "TIMESTAMP" },
  { name: "rate", type: "DOUBLE" },
];

async function write(rows: Iterable<ParquetValue[]>): Promise<ArrayBuffer> {
  async function* stream() {
    yield* rows;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of parquetFile(columns, stream())) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks)).buffer;
}

const value = {
  subject: fc.option(fc.string({ unit: "grapheme" })),
  at: fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2200-01-01") })),
  rate: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
};

describe("parquetFile", () => {
  it("holds any rows as they were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record(value), { minLength: 1 }), async (rows) => {
        const file = await write(rows.map(({ subject, at, rate }) => [subject, at, rate]));
        expect(await parquetReadObjects({ file })).toEqual(rows);
      }),
      { numRuns: runs(50) },
    );
  });

  it("is a file without rows where there are none", async () => {
    expect(await parquetReadObjects({ file: await write([]) })).toEqual([]);
  });

  it("holds more rows than a group takes", async () => {
    function* many() {
      for (let row = 0; row < 45_000; row++) yield [`subject ${row}`, new Date(row), row / 2];
    }
    const rows = await parquetReadObjects({ file: await write(many()) });
    expect(rows.length).toBe(45_000);
    expect(rows[44_999]).toEqual({ subject: "subject 44999", at: new Date(44_999), rate: 22_499.5 });
  });
});
