import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatClock,
  formatCount,
  formatDay,
  formatMinute,
  formatRate,
  formatSecond,
  instantOf,
} from "./format.ts";

describe("an instant", () => {
  const at = "2026-03-29T00:30:09.500Z";

  it("is shown in its zone, on both sides of a change to summer time", () => {
    expect(formatSecond(at, "Europe/Berlin")).toBe("29 Mar 2026, 01:30:09");
    expect(formatSecond("2026-03-29T01:30:09Z", "Europe/Berlin")).toBe("29 Mar 2026, 03:30:09");
    expect(formatMinute(at, "America/New_York")).toBe("28 Mar 2026, 20:30");
    expect([formatDay(at, "UTC"), formatClock("2026-01-01T00:00:00Z", "UTC")]).toEqual(["29 Mar 2026", "00:00:00"]);
  });

  it("may be the seconds of SES's API", () => {
    expect(instantOf(1.5)).toEqual(new Date(1500));
    expect(formatMinute(Date.parse(at) / 1000, "UTC")).toBe("29 Mar 2026, 00:30");
  });

  it.each([
    [0, "now"],
    [-59, "now"],
    [-60, "1 minute ago"],
    [-3_599, "59 minutes ago"],
    [3 * 3_600, "in 3 hours"],
    [-86_400, "yesterday"],
    [-86_400 * 400, "400 days ago"],
  ])("%i seconds off is %s", (seconds, said) => {
    const now = new Date(at);
    expect(formatAgo(new Date(now.getTime() + seconds * 1000), now)).toBe(said);
  });
});

it.each([
  [0, "0.0%"],
  [1, "100.0%"],
  [0.5, "50.0%"],
  [0.0125, "1.25%"],
  [0.00001, "<0.01%"],
  [null, "–"],
  [undefined, "–"],
])("a rate of %d is %s", (rate, said) => {
  expect(formatRate(rate)).toBe(said);
});

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1.0 KB"],
  [1_449_000, "1.4 MB"],
  [58_720_256, "59 MB"],
  [3e15, "3000 TB"],
])("%d bytes are %s", (bytes, said) => {
  expect(formatBytes(bytes)).toBe(said);
});

it("a count has its thousands apart", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
});
