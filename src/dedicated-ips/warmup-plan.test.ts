import { expect, it } from "vitest";
import { dailyCap, utcDay, warmupPercentage } from "./warmup-plan.ts";

const start = Date.parse("2026-12-01T00:00:00Z");
const dayAfter = (days: number) => utcDay(new Date(start + days * 24 * 3600_000));
const from = (percentage: number) => ({ percentage, since: dayAfter(0) });

it("takes 45 days, from 50 messages a day to nearly 50,000, and more every day", () => {
  const days = Array.from({ length: 46 }, (_, day) => warmupPercentage(from(0), dayAfter(day)));
  expect(days[0]).toBe(0);
  expect(days[44]).toBe(97);
  expect(days[45]).toBe(100);
  const caps = days.slice(0, 45).map((percentage) => dailyCap(percentage) ?? 0);
  expect(caps[0]).toBe(50);
  expect(caps[44]).toBeGreaterThan(40_000);
  for (const [day, cap] of caps.entries()) {
    expect(cap).toBeGreaterThan(caps[day - 1] ?? 0);
    expect(cap).toBeLessThan(50_000);
    // Receivers compare a day with the one before.
    if (day > 0) expect(cap / (caps[day - 1] ?? 0)).toBeLessThan(1.3);
  }
  expect(dailyCap(100)).toBeUndefined();
});

it("continues from a percentage that was set, and ends at 100", () => {
  expect(warmupPercentage(from(40), dayAfter(0))).toBe(40);
  expect(warmupPercentage(from(40), dayAfter(9))).toBe(60);
  expect(warmupPercentage(from(40), dayAfter(26))).toBe(97);
  expect(warmupPercentage(from(40), dayAfter(27))).toBe(100);
  expect(warmupPercentage(from(100), dayAfter(0))).toBe(100);
  expect(warmupPercentage(from(0), dayAfter(10_000))).toBe(100);
});

it("does not go back while the clock is set back", () => {
  expect(warmupPercentage(from(40), dayAfter(-3))).toBe(40);
});
