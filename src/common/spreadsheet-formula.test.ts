import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { guardFormula, guardReversibly, unguardFormula } from "./spreadsheet-formula.ts";

describe("fields of CSV files", () => {
  it.each([
    ..."=+-@＝＋－＠﹦﹢﹣﹫−\t\r\n",
    "=1",
    " =1",
    "\u00a0+1",
    "\u3000＝1",
    "\ufeff=1",
    "\u200b@a",
    "\0-1",
    "\t\n=1",
  ])("get an apostrophe if they may be a formula: %j", (text) => {
    expect(guardFormula(text)).toBe(`'${text}`);
    expect(guardReversibly(text)).toBe(`'${text}`);
  });

  it.each(["", "a=1", "1-1", "'=1", "a@example.com", "日本＝", " a", "{}", "*", "\u00e9="])(
    "stay otherwise: %j",
    (text) => expect(guardFormula(text)).toBe(text),
  );

  it("are read back as they were, if they were written reversibly", () => {
    const text = fc.string({ unit: fc.constantFrom("'", "=", "＝", "a", "@", " ", "\t", "'=") });
    fc.assert(
      fc.property(text, (given) => {
        const written = guardReversibly(given);
        expect(guardFormula(written)).toBe(written);
        expect(unguardFormula(written)).toBe(given);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
