/** Doubling the tags at most a little more than doubles the time that they take, whichever way they are given. */
import { expect, test } from "vitest";
import { messageTags } from "./message-tags.ts";

const families: [name: string, read: (count: number) => unknown][] = [
  ["one name in the API", (count) => messageTags(Array(count).fill({ Name: "a", Value: "b" }), undefined)],
  ["one name in the header", (count) => messageTags(undefined, "a=b, ".repeat(count))],
  ["commas in the header", (count) => messageTags(undefined, ",".repeat(count))],
  ["white space in the header", (count) => messageTags(undefined, `a${" ".repeat(count)}=b`)],
  ["a name without an end", (count) => messageTags(undefined, "a".repeat(count))],
];

/** The CPU time of a call in microseconds: the least of several. */
function cost(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    try {
      work();
    } catch {
      // Most are refused.
    }
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...times);
}

test.each(families)("%s", (_, read) => {
  const [once, twice] = [200_000, 400_000].map((count) => cost(() => read(count)));
  // Below the floor there is only noise.
  expect(Math.max(twice ?? 0, 20_000) / Math.max(once ?? 0, 20_000)).toBeLessThan(2.3);
});
