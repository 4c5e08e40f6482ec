import { describe, expect, it } from "vitest";
import { BoundedMap, type BoundedMapOptions } from "./bounded-map.ts";

const filled = (options: Partial<BoundedMapOptions<string, number>>, ...keys: string[]) => {
  const map = new BoundedMap<string, number>({ capacity: 3, evicts: "oldest", ...options });
  for (const [index, key] of keys.entries()) map.set(key, index);
  return map;
};

describe("a bounded map", () => {
  it("holds what it is given, up to its capacity, and forgets the oldest", () => {
    const map = filled({}, "a", "b", "c");
    expect([map.get("a"), map.get("b"), map.get("c"), map.get("d")]).toEqual([0, 1, 2, undefined]);
    map.set("d", 3);
    expect([...map]).toEqual([
      ["b", 1],
      ["c", 2],
      ["d", 3],
    ]);
    expect(map.size).toBe(3);
  });

  it("takes an entry that is set again for the newest", () => {
    const map = filled({}, "a", "b", "c", "a", "d");
    expect([...map]).toEqual([
      ["c", 2],
      ["a", 3],
      ["d", 4],
    ]);
  });

  it("forgets the one used longest ago, where use counts", () => {
    const map = filled({ evicts: "least-recently-used" }, "a", "b", "c");
    expect(map.get("a")).toBe(0);
    expect(map.get("nothing")).toBeUndefined();
    map.set("d", 3);
    map.set("e", 4);
    expect([...map].map(([key]) => key)).toEqual(["a", "d", "e"]);
  });

  it("forgets what is deleted, and everything at once", () => {
    const map = filled({}, "a", "b");
    expect([map.delete("a"), map.delete("a"), map.get("a"), map.size]).toEqual([true, false, undefined, 1]);
    map.clear();
    expect([map.get("b"), map.size]).toEqual([undefined, 0]);
  });

  it("tells of what it evicts, and of nothing else", () => {
    const gone: [string, number][] = [];
    const map = filled({ evicted: (key, value) => gone.push([key, value]) }, "a", "b", "c", "b", "d", "e");
    map.delete("b");
    map.clear();
    expect(gone).toEqual([
      ["a", 0],
      ["c", 2],
    ]);
  });

  it("holds nothing where its capacity is 0", () => {
    expect(filled({ capacity: 0 }, "a").size).toBe(0);
  });
});

describe("a value that expires", () => {
  it("holds until then, and goes once somebody asks", () => {
    let now = 0;
    const expiry = { clock: () => new Date(now), expiresAt: (value: number) => 1_000 * (value + 1) };
    const map = filled({ expiry }, "a", "b");
    now = 999;
    expect([map.get("a"), map.get("b")]).toEqual([0, 1]);
    now = 1_000;
    expect(map.size).toBe(2);
    expect([map.get("a"), map.get("b")]).toEqual([undefined, 1]);
    expect(map.size).toBe(1);
    map.set("a", 1);
    expect(map.get("a")).toBe(1);
  });

  it("holds on when the clock is set back", () => {
    let now = 5_000;
    const expiry = { clock: () => new Date(now), expiresAt: () => 6_000 };
    const map = filled({ expiry }, "a");
    now = 0;
    expect(map.get("a")).toBe(0);
  });
});
