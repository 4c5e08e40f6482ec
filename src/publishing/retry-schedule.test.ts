import fc from "fast-check";
import { expect, it } from "vitest";
import { nextTry } from "./retry-schedule.ts";

const retries = [5, 60, 600];
const at = new Date("2026-11-24T12:00:00Z");
const after = (tries: number, random: number) => {
  const next = nextTry(retries, { tries, at, random: () => random });
  return next && (next.getTime() - at.getTime()) / 1000;
};

it("waits as the schedule says, by a tenth less or more", () => {
  expect([1, 2, 3].map((tries) => after(tries, 0.5))).toEqual(retries);
  expect([after(2, 0), after(2, 1)]).toEqual([54, 66]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
      const seconds = retries[tries - 1] ?? 0;
      const waited = after(tries, random) ?? 0;
      expect(waited).toBeGreaterThanOrEqual(0.9 * seconds);
      expect(waited).toBeLessThanOrEqual(1.1 * seconds);
    }),
  );
});

it("gives up after the last retry", () => {
  expect(after(4, 0.5)).toBeUndefined();
  expect(after(5, 0.5)).toBeUndefined();
});
