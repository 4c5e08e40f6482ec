import { describe, expect, it } from "vitest";
import { timeTicks } from "./time-ticks.ts";

const hourMs = 3_600_000;
const starts = (first: string, count: number, stepMs: number) =>
  Array.from({ length: count }, (_, step) => new Date(Date.parse(first) + step * stepMs).toISOString());

describe("the names below a chart", () => {
  it("are full hours of the zone, with the day's name at midnight", () => {
    const hours = starts("2026-11-23T09:00:00Z", 24, hourMs);
    const ticks = timeTicks(hours, "hour", "Europe/Berlin", 5);
    expect(ticks.map(({ label }) => label)).toEqual(["12:00", "18:00", "24 Nov", "06:00"]);
    expect(ticks[0]?.index).toBe(2);
  });

  it("are at even hours in a zone that is shifted by half an hour, too", () => {
    const hours = starts("2026-11-23T18:30:00Z", 24, hourMs);
    const ticks = timeTicks(hours, "hour", "Asia/Kolkata", 5);
    expect(ticks.map(({ label }) => label)).toEqual(["24 Nov", "06:00", "12:00", "18:00"]);
  });

  it("always have the newest day", () => {
    for (const days of [1, 7, 30, 90, 400, 3_660]) {
      const ticks = timeTicks(starts("2016-01-01T00:00:00Z", days, 24 * hourMs), "day", "UTC", 6);
      expect(ticks.at(-1)?.index).toBe(days - 1);
      expect(ticks.length).toBeLessThanOrEqual(7);
    }
  });

  it("name the year where there is more than one", () => {
    const [tick] = timeTicks(starts("2025-06-01T00:00:00Z", 400, 24 * hourMs), "day", "UTC", 6);
    expect(tick?.label).toMatch(/ 202[56]$/);
  });
});
