import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRowCounter } from "./row-counter.ts";

const field = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", "é") });

describe("createRowCounter", () => {
  it("counts CSV rows whatever their fields hold, however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 })),
        fc.integer({ min: 1, max: 9 }),
        (rows, cut) => {
          const lines = rows.map((row) => `${row.map((text) => `"${text.replaceAll('"', '""')}",`).join("")}\n`);
          const bytes = Buffer.from(lines.join(""));
          const counter = createRowCounter("CSV");
          for (let at = 0; at < bytes.length; at += cut) counter.add(bytes.subarray(at, at + cut));
          expect(counter.rows()).toBe(rows.length);
        },
      ),
    );
  });

  it("counts JSON rows by their line ends", () => {
    const counter = createRowCounter("JSON");
    counter.add(Buffer.from(',{"subject":"a\\nb"}\n,{"sub'));
    counter.add(Buffer.from('ject":"c"}\n'));
    expect(counter.rows()).toBe(2);
  });
});
