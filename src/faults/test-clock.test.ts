import { expect, it } from "vitest";
import { createSettableClock } from "../common/settable-clock.ts";
import { createTestClock } from "./test-clock.ts";

const hour = 3_600_000;
const begin = Date.parse("2026-11-24T12:00:00Z");

function clocks() {
  let real = begin;
  const settable = createSettableClock(() => new Date(real));
  let moves = 0;
  settable.onMove(() => moves++);
  return {
    clock: createTestClock(settable, () => new Date(real)),
    now: () => settable.now().getTime() - begin,
    pass: (ms: number) => {
      real += ms;
    },
    moves: () => moves,
  };
}

it("is set, moved, frozen and returned; those who wait are told of each move", () => {
  const { clock, now, pass, moves } = clocks();
  expect(clock.state()).toMatchObject({ aheadMs: 0, frozen: false, now: new Date(begin).toISOString() });
  clock.change(1, { advance: "1d1h" });
  expect(now()).toBe(25 * hour);
  pass(hour);
  expect(now()).toBe(26 * hour);
  expect(clock.change(1, { frozen: true })).toMatchObject({ aheadMs: 25 * hour, frozen: true });
  pass(hour);
  expect(now()).toBe(26 * hour);
  clock.change(1, { advance: "-90m" });
  expect(now()).toBe(24.5 * hour);
  expect(clock.change(1, { now: "2027-01-01T00:00:00Z", frozen: false })).toMatchObject({ frozen: false });
  pass(500);
  expect(now()).toBe(Date.parse("2027-01-01T00:00:00.500Z") - begin);
  expect(moves()).toBe(4);
  expect(clock.reset()).toMatchObject({ aheadMs: 0, frozen: false });
  expect(moves()).toBe(5);
  clock.reset();
  expect(moves()).toBe(5);
});

it("is returned by the reset of the scope that changed it last", () => {
  const { clock, now } = clocks();
  clock.change(2, { advance: "1h" });
  clock.release(1);
  expect(now()).toBe(hour);
  clock.release(2);
  expect(now()).toBe(0);
});

it.each<[unknown, string]>([
  [undefined, "A change of the clock must be a JSON object."],
  [{}, "must have now, advance or frozen"],
  [{ at: "x" }, 'no member "at"'],
  [{ now: "2026-11-24T00:00:00Z", advance: "1h" }, "can't have both"],
  [{ now: "tomorrow" }, "now must be an instant"],
  [{ now: "2026-13-24T00:00:00Z" }, "now must be an instant"],
  [{ now: 1 }, "now must be a text"],
  [{ now: "2050-01-01T00:00:00Z" }, "at most 20 years"],
  [{ now: "2000-01-01T00:00:00Z" }, "at most 20 years"],
  [{ advance: "25" }, 'advance can\'t be "25"'],
  [{ advance: 25 }, "advance can't be 25"],
  [{ advance: "" }, "advance can't be"],
  [{ advance: "h" }, "advance can't be"],
  [{ advance: "1h 2m" }, "advance can't be"],
  [{ advance: `${"1h".repeat(1000)}` }, "advance can't be"],
  [{ advance: "8000d" }, "at most 20 years"],
  [{ advance: "-8000d" }, "at most 20 years"],
  [{ advance: "999999999999999d" }, "advance may be at most 40 years."],
  [{ frozen: "yes" }, "frozen must be true or false."],
])("refuses the impossible and stays as it is: %j", (body, text) => {
  const { clock, now, moves } = clocks();
  expect(() => clock.change(1, body)).toThrow(text);
  expect(now()).toBe(0);
  expect(moves()).toBe(0);
});
