import fc from "fast-check";
import { expect, it } from "vitest";
import { formatDuration, secondsOf } from "./duration.ts";

it.each([
  ["90 min", 5400],
  ["90m", 5400],
  ["2 h 30 min", 9000],
  ["2h30m", 9000],
  ["2 hours and 30 minutes", 9000],
  ["1.5 hours", 5400],
  ["1,5 h", 5400],
  [" 1 Hour, 1 Second ", 3601],
  ["300 s", 300],
])("%s is %i seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

it.each(["", "90", "two hours", "2 days", "h", "-5 min", "5 min 3", "2:30", "1.2.3 h", "5 min x"])(
  "%j is no time",
  (text) => {
    expect(secondsOf(text)).toBeUndefined();
  },
);

it("what is shown is read back", () => {
  expect([300, 3600, 9000, 50_400, 3661].map(formatDuration)).toEqual([
    "5 min",
    "1 h",
    "2 h 30 min",
    "14 h",
    "1 h 1 min 1 s",
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seconds) => {
      expect(secondsOf(formatDuration(seconds))).toBe(seconds);
    }),
  );
});
