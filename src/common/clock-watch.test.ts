import { expect, it } from "vitest";
import { createClockWatch } from "./clock-watch.ts";

const hour = 3_600_000;

it("notices a clock that was set far ahead, once; time that passes, corrections and a clock set back are none", () => {
  let wall = Date.parse("2026-11-24T12:00:00Z");
  let passed = 5_000;
  const jump = createClockWatch(
    () => new Date(wall),
    () => passed,
  );
  const pass = (ms: number) => {
    wall += ms;
    passed += ms;
  };
  pass(hour);
  expect(jump()).toBe(0);
  pass(hour);
  wall += 10_000;
  expect(jump()).toBe(0);
  pass(hour);
  wall += 24 * 365 * hour;
  expect(jump()).toBe(24 * 365 * hour);
  pass(hour);
  expect(jump()).toBe(0);
  wall -= 24 * 365 * hour;
  expect(jump()).toBe(0);
});
