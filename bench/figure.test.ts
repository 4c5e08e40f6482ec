import { describe, expect, it } from "vitest";
import { figureOf, median, tableHead, tableRow } from "./figure.ts";

describe("figureOf", () => {
  it("divides ours by the reference, in four digits", () => {
    const figure = figureOf({ bench: "b", figure: "f", ours: 1234.567, reference: 3, unit: "requests/s" });
    expect(figure).toEqual({ bench: "b", figure: "f", ours: 1235, reference: 3, ratio: 411.5, unit: "requests/s" });
    expect(Object.keys(figure)).toEqual(["bench", "figure", "ours", "reference", "ratio", "unit"]);
  });

  it("stands in columns below the head", () => {
    const row = tableRow(figureOf({ bench: "b", figure: "f", ours: 2, reference: 4, unit: "s" }));
    expect(row.indexOf("0.50") + "0.50".length).toBe(tableHead.indexOf("ratio") + "ratio".length);
  });
});

describe("median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[], Number.NaN],
  ])("of %j is %d", (values, expected) => expect(median(values)).toBe(expected));
});
