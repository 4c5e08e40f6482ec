import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { compileGlobs } from "./globs.ts";

const long = "a".repeat(100);

it.each<[patterns: string[], matching: string[], others: string[]]>([
  [["a"], ["a"], ["", "A", "aa"]],
  [[""], [""], ["a"]],
  [["*"], ["", "a", "a:b", "\n"], []],
  [["?"], ["a", "😀", ":"], ["", "ab"]],
  [
    ["*@example.com"],
    ["@example.com", "a@example.com", "a@example.com@example.com"],
    ["a@example.org", "a@example.comm"],
  ],
  [["a*b*c"], ["abc", "axbxc", "abcbc"], ["ab", "abcb", "xabc"]],
  [["a**b"], ["ab", "axb"], ["a", "ba"]],
  [["?*"], ["a", "ab"], [""]],
  [["*a?"], ["ab", "aab", "xaab"], ["a", "ba"]],
  [
    ["a", "b*", "*c"],
    ["a", "b", "bx", "c", "xc"],
    ["x", "ab", "ax"],
  ],
  [
    [`${long}*${long}`, "x*"],
    [long + long, `${long}b${long}`, "x"],
    [long, `${long}${long}b`],
  ],
  [
    ["[a-z]*", ".*\\d"],
    ["[a-z]1", ".x\\d"],
    ["a1", "1"],
  ],
])("%j", (patterns, matching, others) => {
  const matches = compileGlobs(patterns);
  expect(matching.filter((text) => !matches(text))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

// The example of IAM's page on ARN operators.
it("compares the components of an ARN on their own", () => {
  const pattern = "arn:aws:someservice:*:111122223333:finance/*";
  const other = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
  expect(compileGlobs([pattern])(other)).toBe(true);
  expect(compileGlobs([pattern], "arn")(other)).toBe(false);
  expect(compileGlobs([pattern], "arn")("arn:aws:someservice:us-east-2:111122223333:finance/a:b/c")).toBe(true);
  expect(compileGlobs(["arn:aws:iam:??1:user/x"], "arn")("arn:aws:iam::1:user/x")).toBe(false);
});

/** The definition, with backtracking. */
function matchesOne([first, ...rest]: readonly string[], text: readonly string[]): boolean {
  if (first === undefined) return text.length === 0;
  if (first === "*") return matchesOne(rest, text) || (text.length > 0 && matchesOne([first, ...rest], text.slice(1)));
  return text.length > 0 && (first === "?" || first === text[0]) && matchesOne(rest, text.slice(1));
}

it("finds what the definition finds", () => {
  const pattern = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 });
  const text = fc.array(fc.constantFrom("a", "b", "😀"), { maxLength: 8 });
  // The filler moves patterns over the borders of words.
  const filler = fc.nat(70).map((length) => `${"x".repeat(length)}?`);
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 4 }), text, filler, (patterns, given, fill) => {
      const globs = [fill, ...patterns.map((one) => one.join(""))];
      const expected = patterns.some((one) => matchesOne(one, given)) || matchesOne([...fill], given);
      expect(compileGlobs(globs)(given.join(""))).toBe(expected);
    }),
    { numRuns: runs(2000) },
  );
});
