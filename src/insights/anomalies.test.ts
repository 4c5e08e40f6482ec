import { expect, it } from "vitest";
import { anomalyOf, type DayCount, outstandingDays } from "./anomalies.ts";

const day = (index: number, count: number, outOf: number): DayCount => ({
  at: new Date(Date.UTC(2026, 9, 1 + index)),
  count,
  outOf,
});
/** Two weeks with a rate of 1%, a little up and down. */
const usual = Array.from({ length: 14 }, (_, index) => day(index, 10 + (index % 3) - 1, 1000));

it("tells of a day that stands out, and what is usual", () => {
  const found = outstandingDays([...usual, day(14, 60, 1000)]);
  expect(found).toEqual([
    {
      at: new Date("2026-10-15T00:00:00Z"),
      count: 60,
      outOf: 1000,
      rate: 0.06,
      usualRate: expect.closeTo(0.01, 3),
      score: expect.closeTo(Math.sqrt(2 * (60 * Math.log(6) + 940 * Math.log(940 / 990))), 0),
    },
  ]);
});

it("tells of nothing where days are as they always are", () => {
  expect(outstandingDays(usual)).toEqual([]);
  // They scatter by far more than chance: none of them stands out.
  const wild = Array.from({ length: 20 }, (_, index) => day(index, index % 2 === 0 ? 5 : 60, 1000));
  expect(outstandingDays([...wild, day(20, 65, 1000)])).toEqual([]);
});

it.each<[string, DayCount[]]>([
  ["nothing", []],
  ["one day", [day(0, 900, 1000)]],
  ["days without mail", [...usual, day(14, 0, 0), day(15, 7, 0)]],
  ["little on the other days", [day(0, 0, 10), day(1, 0, 10), day(2, 0, 10), day(3, 10, 10)]],
  ["fewer than five", [...usual.map(({ at }) => ({ at, count: 0, outOf: 1000 })), day(14, 4, 4)]],
])("tells of nothing where there is %s", (_what, days) => {
  expect(outstandingDays(days)).toEqual([]);
});

it("holds where nothing ever bounced before, all did, or more than was sent that day", () => {
  const never = usual.map(({ at }) => ({ at, count: 0, outOf: 1000 }));
  for (const count of [20, 30, 45]) {
    const [found] = outstandingDays([...never, day(14, count, 30)]);
    expect(found?.count).toBe(count);
    expect(found?.score).toBeGreaterThan(4);
    expect(found?.score).toBeLessThan(100);
  }
});

it("puts it into a sentence, with the day in its zone", () => {
  const outstanding = {
    at: new Date("2026-11-07T23:00:00Z"),
    count: 1200,
    outOf: 30_000,
    rate: 0.04,
    usualRate: 0.0102,
    score: 9,
  };
  const bounces = anomalyOf("bounces", outstanding, { isp: "Gmail", zone: "Europe/Vienna" });
  expect(bounces).toEqual({
    kind: "bounces",
    at: "2026-11-07T23:00:00.000Z",
    isp: "Gmail",
    count: 1200,
    outOf: 30_000,
    rate: 0.04,
    usualRate: 0.0102,
    score: 9,
    sentence:
      "On 8 November 2026, 4% of the mail to Gmail bounced for good (1,200 of 30,000); on the other days it is 1%.",
  });
  const complaints = anomalyOf("complaints", outstanding, { isp: undefined, zone: "UTC" });
  expect(complaints.sentence).toBe(
    "On 7 November 2026, 4% of the deliveries were complained about (1,200 of 30,000); on the other days it is 1%.",
  );
  expect("isp" in complaints).toBe(false);
});
