import { expect, it } from "vitest";
import { createLanes } from "./lanes.ts";

it("lets three groups of a target be under way, whatever others do", () => {
  const lanes = createLanes();
  const first = lanes.enter("a");
  lanes.enter("a");
  expect(lanes.full(0)).toEqual([]);
  lanes.enter("a");
  lanes.enter("b");
  expect(lanes.full(0)).toEqual(["a"]);
  first.leave();
  expect(lanes.full(0)).toEqual([]);
});

it("lets a target that fails rest, twice as long each time, up to a minute", () => {
  const lanes = createLanes();
  const rests: number[] = [];
  for (let failures = 0; failures < 2_000; failures++) {
    lanes.failed("a", 1_000);
    let rest = 0;
    while (lanes.full(1_000 + rest).includes("a")) rest += 500;
    if (failures < 9) rests.push(rest);
    else expect(rest).toBe(60_000);
  }
  expect(rests).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

it("gives a target that failed one try at a time, until one succeeds", () => {
  const lanes = createLanes();
  lanes.failed("a", 0);
  const only = lanes.enter("a");
  expect(lanes.full(500)).toEqual(["a"]);
  only.leave();
  expect(lanes.full(500)).toEqual([]);
  lanes.enter("a");
  lanes.succeeded("a");
  expect(lanes.full(0)).toEqual([]);
});

it("calls the success after three failures in a row the end of an outage, once", () => {
  const lanes = createLanes();
  const failures = (count: number) => {
    for (let failure = 0; failure < count; failure++) lanes.failed("a", 0);
  };
  expect(lanes.succeeded("a")).toBe(false);
  failures(2);
  expect(lanes.succeeded("a")).toBe(false);
  failures(3);
  expect(lanes.succeeded("a")).toBe(true);
  expect(lanes.succeeded("a")).toBe(false);
});

it("forgets the failures of a target that is gone", () => {
  const lanes = createLanes();
  const lane = lanes.enter("a");
  lanes.failed("a", 0);
  lanes.gone("a");
  lane.leave();
  expect(lanes.areIdle()).toBe(true);
  expect(lanes.full(0)).toEqual([]);
});
