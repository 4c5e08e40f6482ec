import { expect, test } from "vitest";
import { tagNames, tagsOfMail } from "./tag-names.ts";

test("names lose invalid characters, and are there once in any case, in order", () => {
  expect(tagNames(["b", " a  b ", "A/1", "a1", "<>", "", "x".repeat(500)])).toEqual([
    "A1",
    "a b",
    "b",
    "x".repeat(100),
  ]);
  expect(tagNames(Array.from({ length: 1_000 }, (_one, index) => `t${index}`)).length).toBe(50);
});

test("a mail names tags in X-Tags and in its addresses", () => {
  const addresses = [{ address: "ada+one+two@example.com" }, { address: '"a+b"@example.com' }, { address: "x@y+z" }];
  expect(tagsOfMail("Three, four", addresses)).toEqual(["Three", "b", "four", "one", "two"]);
});
