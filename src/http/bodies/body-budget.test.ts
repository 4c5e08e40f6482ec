import { describe, expect, it, vi } from "vitest";
import { refusalOf } from "../../../test/support/operation-call.ts";
import { BodyBudget } from "./body-budget.ts";

const mib = 1 << 20;
const capacity = 8 * mib;
const tooMany = ["ServiceUnavailableException", "The server is reading too many large requests. Try again later."];

describe("the memory of bodies", () => {
  it("goes to bodies in their order, and never exceeds the capacity", async () => {
    const budget = new BodyBudget(capacity);
    expect([budget.take(5 * mib, 5 * mib), budget.take(3 * mib, 3 * mib)]).toEqual([true, true]);
    const order: number[] = [];
    const waits = [4, 5, 2].map((size) => {
      expect(budget.take(size * mib, size * mib)).toBe(false);
      return budget.wait(size * mib, size * mib).then(() => order.push(size));
    });
    expect([budget.held, budget.waiting]).toEqual([capacity, 3]);
    budget.giveBack(3 * mib);
    await Promise.resolve();
    // What came first is too large, and what would fit does not overtake it.
    expect([order, budget.held]).toEqual([[], 5 * mib]);
    budget.giveBack(5 * mib);
    await waits[0];
    expect([order, budget.held, budget.waiting]).toEqual([[4], 4 * mib, 2]);
    budget.giveBack(4 * mib);
    await Promise.all(waits);
    expect([order, budget.held]).toEqual([[4, 5, 2], 7 * mib]);
  });

  it("leaves room for small bodies while large ones take all and wait, but not for any number of them", async () => {
    const budget = new BodyBudget(capacity);
    expect(budget.take(capacity, capacity)).toBe(true);
    const large = budget.wait(2 * mib, 2 * mib);
    let small = 0;
    while (budget.take(mib, mib)) small++;
    expect([small, budget.held, budget.waiting]).toEqual([16, capacity + 16 * mib, 1]);
    budget.giveBack(budget.held);
    await large;
    expect([budget.held, budget.waiting]).toEqual([2 * mib, 0]);
  });

  it("suffices for one body that is larger than all of it, once it is alone", async () => {
    const budget = new BodyBudget(capacity);
    expect(budget.take(1, 1)).toBe(true);
    expect(budget.take(2 * capacity, 2 * capacity)).toBe(false);
    const wait = budget.wait(2 * capacity, 2 * capacity);
    budget.giveBack(1);
    await wait;
    expect(budget.held).toBe(2 * capacity);
    // It may also come in parts.
    budget.giveBack(capacity);
    expect(budget.take(2 * capacity, 3 * capacity)).toBe(true);
  });

  it("is refused to bodies that wait too long, and to too many", async () => {
    vi.useFakeTimers();
    try {
      const budget = new BodyBudget(capacity);
      budget.take(capacity, capacity);
      const waits = Array.from({ length: 200 }, () => refusalOf(budget.wait(2 * mib, 2 * mib)));
      expect(await refusalOf(budget.wait(2 * mib, 2 * mib))).toEqual(tooMany);
      expect(budget.waiting).toBe(200);
      vi.advanceTimersByTime(45_000);
      expect(new Set((await Promise.all(waits)).map((refusal) => refusal.join()))).toEqual(new Set([tooMany.join()]));
      expect([budget.waiting, budget.held]).toEqual([0, capacity]);
    } finally {
      vi.useRealTimers();
    }
  });
});
