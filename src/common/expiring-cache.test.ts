import { expect, test } from "vitest";
import { createExpiringCache } from "./expiring-cache.ts";

function setUp(options: { capacity?: number; load?: (key: string) => Promise<string> } = {}) {
  const time = { now: 0 };
  const reads: string[] = [];
  const cache = createExpiringCache({
    load: (key) => {
      reads.push(key);
      return options.load?.(key) ?? Promise.resolve(`${key}${reads.length}`);
    },
    lifetime: 1000,
    capacity: options.capacity ?? 10,
    clock: () => new Date(time.now),
  });
  return { cache, reads, time };
}

test("reads once within the lifetime, and anew after it", async () => {
  const { cache, time } = setUp();
  expect(await cache.get("a")).toBe("a1");
  time.now = 999;
  expect(await cache.get("a")).toBe("a1");
  time.now = 1000;
  expect(await cache.get("a")).toBe("a2");
});

test("reads anew when the clock was set back", async () => {
  const { cache, time } = setUp();
  time.now = 5000;
  await cache.get("a");
  time.now = 4999;
  expect(await cache.get("a")).toBe("a2");
});

test("callers at the same time share a reading", async () => {
  const { cache, reads } = setUp();
  expect(await Promise.all([cache.get("a"), cache.get("a"), cache.get("b")])).toEqual(["a1", "a1", "b2"]);
  expect(reads).toEqual(["a", "b"]);
});

test("keeps no more than its capacity", async () => {
  const { cache, reads } = setUp({ capacity: 2 });
  for (const key of ["a", "b", "c", "c", "b", "a"]) await cache.get(key);
  expect(reads).toEqual(["a", "b", "c", "a"]);
});

test("clearing while a reading is under way keeps its old value out", async () => {
  const answers: ((value: string) => void)[] = [];
  const { cache } = setUp({ load: () => new Promise((resolve) => answers.push(resolve)) });
  const before = cache.get("a");
  cache.clear();
  const after = cache.get("a");
  answers[0]?.("old");
  answers[1]?.("new");
  expect(await before).toBe("old");
  expect(await after).toBe("new");
  expect(await cache.get("a")).toBe("new");
});

test("a failed reading is told and not kept", async () => {
  let fails = true;
  const { cache } = setUp({ load: async () => (fails ? Promise.reject(new Error("down")) : "up") });
  await expect(cache.get("a")).rejects.toThrow("down");
  fails = false;
  expect(await cache.get("a")).toBe("up");
});
