import { expect, it } from "vitest";
import { compileTextPattern, PatternError, SlowPattern } from "./text-pattern.ts";

const subjects = ["Welcome, Ada", "welcome back", "Order 4711", "a+b"];
const matching = (pattern: string) => {
  const matches = compileTextPattern(pattern)(subjects);
  return subjects.filter((_, index) => matches[index]);
};

it.each([
  ["welcome", ["Welcome, Ada", "welcome back"]],
  ["a+b", ["a+b"]],
  ["/^Welcome/", ["Welcome, Ada"]],
  ["/^welcome/i", ["Welcome, Ada", "welcome back"]],
  ["/order \\d+$/i", ["Order 4711"]],
  ["/", []],
  ["//", []],
])("%s matches %j", (pattern, found) => {
  expect(matching(pattern)).toEqual(found);
});

it.each(["/(/", "/a/x", "/a/g", "/a/uv", "/[/", "/a{2,1}/"])("refuses %s", (pattern) => {
  expect(() => compileTextPattern(pattern)).toThrow(PatternError);
});

it("ends an expression that backtracks for ever", () => {
  const slow = compileTextPattern("/^(a+)+$/");
  expect(() => slow([`${"a".repeat(60)}b`])).toThrow(SlowPattern);
  // The next one is not affected.
  expect(slow(["aaa", "b"])).toEqual([true, false]);
});

it("reads only the first thousand characters", () => {
  expect(compileTextPattern("/x/")([`${"a".repeat(1_000)}x`, `${"a".repeat(999)}x`])).toEqual([false, true]);
});
