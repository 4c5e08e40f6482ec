import { beforeEach, describe, expect, it } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

const begin = Date.parse("2026-11-23T12:00:00Z");
let now = begin;
const clock = () => new Date(now);
beforeEach(() => {
  now = begin;
});

/** How many of so many tokens can be taken one by one. */
const taken = (take: (cost: number) => boolean, count = 100) =>
  Array.from({ length: count }, () => take(1)).filter(Boolean).length;

describe("a token bucket", () => {
  it("gives so much at once and then as time goes by, up to its burst", () => {
    const { take } = createTokenBucket({ burst: 5, refill: 2, everyMs: 1_000 }, clock);
    expect(taken(take)).toBe(5);
    now += 499;
    expect(taken(take)).toBe(0);
    now += 1;
    expect(taken(take)).toBe(1);
    now += 1_000;
    expect(taken(take)).toBe(2);
    now += 3_600_000;
    expect(taken(take)).toBe(5);
  });

  it.each([
    [1, 3_000, 300],
    [7, 1_000, 6_300],
    [3, 7, 385_714],
  ])("adds up %i in %i ms without loss, however often it is asked", (refill, everyMs, expected) => {
    const { take } = createTokenBucket({ burst: 2, refill, everyMs }, clock);
    expect(taken(take)).toBe(2);
    let count = 0;
    for (let millisecond = 0; millisecond < 900_000; millisecond++) {
      now += 1;
      if (take(1)) count++;
    }
    expect(count).toBe(expected);
  });

  it("takes what belongs together as a whole, or not at all", () => {
    const { take } = createTokenBucket({ burst: 10, refill: 1, everyMs: 1_000 }, clock);
    expect([take(7), take(4), take(3), take(1), take(0)]).toEqual([true, false, true, false, true]);
  });

  it("gives more than there is where less is needed, and has to make up for it", () => {
    const { take } = createTokenBucket({ burst: 10, refill: 10, everyMs: 1_000 }, clock);
    expect([take(9, 1), take(6, 1), take(1, 1)]).toEqual([true, true, false]);
    now += 500;
    expect(take(1, 1)).toBe(false);
    now += 100;
    expect(take(1, 1)).toBe(true);
  });

  it("neither fills nor empties when the clock is set back, and goes on from there", () => {
    const { take } = createTokenBucket({ burst: 4, refill: 1, everyMs: 1_000 }, clock);
    expect(taken(take, 2)).toBe(2);
    now -= 3_600_000;
    expect(taken(take)).toBe(2);
    now += 1_000;
    expect(taken(take)).toBe(1);
  });
});
