import { describe, expect, it, test } from "vitest";
import { type DayCounts, findingSentence, findRates } from "./find.ts";

const now = new Date("2026-11-23T12:00:00Z");
const day = (age: number, sent: number, bounced: number, complained = 0): DayCounts => ({
  age,
  sent,
  bounced,
  delivered: sent - bounced,
  complained,
});
const found = (...days: DayCounts[]) =>
  findRates(days, now).map(({ kind, impact, volume, windowDays }) => [kind, impact, volume, windowDays]);

describe("rates that are too high", () => {
  it.each<[string, DayCounts, unknown[]]>([
    ["10 % bounces", day(0, 1000, 100), []],
    ["more than 10 %", day(0, 1000, 101), [["BOUNCE", "LOW", 1000, 1]]],
    ["15 %", day(0, 1000, 150), [["BOUNCE", "LOW", 1000, 1]]],
    ["more than 15 %", day(0, 1000, 151), [["BOUNCE", "HIGH", 1000, 1]]],
    ["0.5 % complaints", day(0, 1000, 0, 5), []],
    ["more than 0.5 %", day(0, 1000, 0, 6), [["COMPLAINT", "LOW", 1000, 1]]],
    ["1 %", day(0, 1000, 0, 10), [["COMPLAINT", "LOW", 1000, 1]]],
    ["more than 1 %", day(0, 1000, 0, 11), [["COMPLAINT", "HIGH", 1000, 1]]],
    ["two complaints of 100", day(0, 100, 0, 2), []],
    ["three complaints of 100", day(0, 100, 0, 3), [["COMPLAINT", "HIGH", 100, 1]]],
    ["all bounces of 99", day(0, 99, 99), []],
    ["all bounces of 100", day(0, 100, 100), [["BOUNCE", "HIGH", 100, 1]]],
    [
      "both",
      day(0, 400, 50, 4),
      [
        ["BOUNCE", "LOW", 400, 1],
        ["COMPLAINT", "HIGH", 350, 1],
      ],
    ],
    ["nothing sent", day(0, 0, 0), []],
  ])("%s", (_, counts, rates) => {
    expect(found(counts)).toEqual(rates);
  });

  it("are measured in the shortest window that is representative", () => {
    expect(found(day(0, 100, 0), day(1, 1000, 1000))).toEqual([]);
    expect(found(day(1, 1000, 1000), day(0, 99, 0))).toEqual([["BOUNCE", "HIGH", 1099, 2]]);
    expect(found(day(6, 60, 20), day(3, 40, 0))).toEqual([["BOUNCE", "HIGH", 100, 7]]);
  });

  it("need a representative volume in a week", () => {
    expect(found(day(0, 99, 99), day(7, 1000, 1000))).toEqual([]);
    expect(found()).toEqual([]);
  });

  it("of complaints are fractions of what was delivered", () => {
    expect(found(day(0, 1000, 901, 3))).toEqual([["BOUNCE", "HIGH", 1000, 1]]);
    expect(found({ ...day(0, 1000, 100), complained: 5 })).toEqual([["COMPLAINT", "LOW", 900, 1]]);
  });
});

test("a finding in SES's words", () => {
  const [rate] = findRates([day(1, 197, 40)], now);
  if (!rate) throw new Error("there is a finding");
  expect(findingSentence({ ...rate, since: now, acceptedImpact: null })).toBe(
    "The bounce rate exceeded 15.0% based on a representative volume of 197 emails " +
      "from 2026-11-21T12:00:00.000Z to 2026-11-23T12:00:00.000Z",
  );
});
