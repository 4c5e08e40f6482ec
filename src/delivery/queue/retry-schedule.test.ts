import { describe, expect, it } from "vitest";
import { nextTry, type RetrySchedule } from "./retry-schedule.ts";

const schedule: RetrySchedule = [1800, 3600, 7200, 10800];
const start = new Date("2026-11-24T00:00:00Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const end = after(14 * 3600);

describe("nextTry", () => {
  it("tries twice in the first hour, then less and less, and last at the very end (RFC 5321, 4.5.4.1)", () => {
    const times: number[] = [0];
    let now = start;
    for (let tries = 1; tries < 100; tries++) {
      const next = nextTry(schedule, tries, now, end);
      if (!next) break;
      now = next;
      times.push((next.getTime() - start.getTime()) / 3600_000);
    }
    expect(times).toEqual([0, 0.5, 1.5, 3.5, 6.5, 9.5, 12.5, 14]);
  });

  it("gives up once the time is over", () => {
    expect(nextTry(schedule, 1, end, end)).toBeUndefined();
    expect(nextTry(schedule, 9, after(15 * 3600), end)).toBeUndefined();
    expect(nextTry([60], 1, after(14 * 3600 - 1), end)).toEqual(end);
  });
});
