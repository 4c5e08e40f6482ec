import { expect, it } from "vitest";
import { createBackoff } from "./backoff.ts";

const pauses = (count: number, next: () => number) => Array.from({ length: count }, next);

it("doubles pauses up to the longest", () => {
  const backoff = createBackoff({ firstMs: 100, longestMs: 1_000 });
  expect(pauses(6, backoff.next)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

it("begins again after a success", () => {
  const backoff = createBackoff({ firstMs: 100, longestMs: 1_000 });
  pauses(10, backoff.next);
  backoff.reset();
  expect(pauses(2, backoff.next)).toEqual([100, 200]);
});

it("never pauses for longer than the longest, not even at first", () => {
  expect(pauses(2, createBackoff({ firstMs: 100, longestMs: 30 }).next)).toEqual([30, 30]);
});

it("stays at the longest however often it fails", () => {
  const backoff = createBackoff({ firstMs: 1, longestMs: 7 });
  pauses(5_000, backoff.next);
  expect(backoff.next()).toBe(7);
});
