import { describe, expect, it } from "vitest";
import { createDestination } from "./destination.ts";

const limits = { connections: 20, restMs: 1_000, longestRestMs: 4_000 };

describe("a destination", () => {
  it("bears a few connections at first, and one more for each success, up to the limit", () => {
    const destination = createDestination(limits);
    expect(destination.allowed()).toBe(5);
    for (let n = 0; n < 40; n++) destination.succeeded();
    expect(destination.allowed()).toBe(20);
    expect(createDestination({ ...limits, connections: 2 }).allowed()).toBe(2);
  });

  it("rests after a failure, twice as long each time, and bears half", () => {
    const destination = createDestination(limits);
    const rests: number[] = [];
    let now = 10_000;
    for (let n = 0; n < 4; n++) {
      destination.failed(now);
      rests.push(destination.restsUntil() - now);
      now = destination.restsUntil();
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 4_000]);
    expect(destination.allowed()).toBe(1);
  });

  it("counts failures of what was under way together as one", () => {
    const destination = createDestination(limits);
    for (let n = 0; n < 10; n++) destination.failed(10_000 + n);
    expect(destination.restsUntil()).toBe(11_000);
    expect(destination.allowed()).toBe(2);
  });

  it("forgets its failures at the first success", () => {
    const destination = createDestination(limits);
    destination.failed(10_000);
    destination.succeeded();
    expect(destination.restsUntil()).toBe(0);
    destination.failed(20_000);
    expect(destination.restsUntil()).toBe(21_000);
  });
});
