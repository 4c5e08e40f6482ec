import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { JsonObjectSplitter, splitJsonObjects, type TextPart } from "./json-objects.ts";

const longest = 1 << 20;
/** The parts without `members`, which are checked against the text. */
const plain = (parts: readonly TextPart[]) =>
  parts.map(({ text, isObject, members }) => {
    if (members) expect(members).toEqual(JSON.parse(text));
    return { text, isObject };
  });
const split = (text: string) => plain(splitJsonObjects(Buffer.from(text), longest));

describe("the objects in a text", () => {
  it.each([
    ["one", '{"a":1}', ['{"a":1}']],
    ["one per line", '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ["side by side", '{"a":1}{"b":{"c":{}}}', ['{"a":1}', '{"b":{"c":{}}}']],
    ["that span several lines", '{\n  "a": 1\n}\r\n{\n}', ['{\n  "a": 1\n}', "{\n}"]],
    ["with braces and quotes in strings", '{"a":"}{\\"\\\\"}{"b":"\\\\"}', ['{"a":"}{\\"\\\\"}', '{"b":"\\\\"}']],
    ["none", " \n", []],
    ["two in a line, followed by another line", '{"a":1} {"b":2}\n{"c":3}\n', ['{"a":1}', '{"b":2}', '{"c":3}']],
    ["one that ends in another line", '{"a":\n1}{"b":2}\n', ['{"a":\n1}', '{"b":2}']],
  ])("%s", (_what, text, objects) => {
    expect(split(text)).toEqual(objects.map((one) => ({ text: one, isObject: true })));
  });

  it("are distinguished from text between them and from an unterminated object", () => {
    expect(split('Successfully validated.\n{"a":1} [2]\n{"b"')).toEqual([
      { text: "Successfully validated.", isObject: false },
      { text: '{"a":1}', isObject: true },
      { text: "[2]", isObject: false },
      { text: '{"b"', isObject: false },
    ]);
  });

  it("that are too long are returned in parts, and the next one is found", () => {
    const long = `{"a":"${"x".repeat(100)}"}`;
    const parts = plain(splitJsonObjects(Buffer.from(`${long}\n{"b":1}\n`), 64));
    expect(parts.at(-1)).toEqual({ text: '{"b":1}', isObject: true });
    const others = parts.slice(0, -1);
    expect(others.every(({ isObject, text }) => !isObject && text.length <= 64)).toBe(true);
    expect(others.map(({ text }) => text).join("")).toBe(long);
  });

  it("don't depend on how the text is chunked, even within a multi-byte character", () => {
    const object = fc.object({ maxDepth: 2 }).map((value) => JSON.stringify(value));
    const text = fc.array(fc.tuple(object, fc.constantFrom("", "\n", " ", "\r\n"))).map((all) => all.flat().join(""));
    fc.assert(
      fc.property(text, fc.array(fc.nat(2_000)), (all, cuts) => {
        const bytes = Buffer.from(all);
        const splitter = new JsonObjectSplitter(longest);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        let start = 0;
        const parts = ends.flatMap((end) => {
          const chunk = bytes.subarray(start, end);
          start = end;
          return splitter.push(chunk);
        });
        expect(plain([...parts, ...splitter.end()])).toEqual(split(all));
        expect(split(all).every(({ isObject }) => isObject)).toBe(true);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
