import type { Tag } from "@aws-sdk/client-sesv2";
import { describe, expect, test } from "vitest";
import { checkTags } from "./tags.ts";

const tag = (Key: string, Value = "v"): Tag => ({ Key, Value });
const many = (count: number) => Array.from({ length: count }, (_, index) => tag(`k${index}`));

const refusal = (tags: Tag[]) => {
  try {
    checkTags(tags);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("checkTags", () => {
  test("takes what SES takes", () => {
    expect(checkTags(undefined)).toEqual([]);
    expect(checkTags(many(50))).toHaveLength(50);
    const tags = [
      tag("k", ""),
      tag("_ . : / = + - @ a1", "ä\u00a0日本"),
      tag("aws", "aws:fine"),
      tag("\u{1D400}".repeat(128), "v".repeat(256)),
    ];
    expect(checkTags(tags)).toEqual(tags);
  });

  const characters =
    "Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @";
  const tooMany =
    "Maximum of 50 user tags are allowed per resource, consider reducing the number of tags in the request";
  const tooLong = (member: string, limit: number) =>
    `Value at 'tags.1.member.${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`;

  test.each<[string, Tag[], string | undefined]>([
    ["more than 50", many(51), tooMany],
    ["more than 50, two of them alike", [tag("k0"), ...many(50)], tooMany],
    ["a character in a key", [tag("k!")], characters],
    ["a character in a value", [tag("k", "v!")], characters],
    ["a NUL", [tag("k", "a\0b")], characters],
    ["a half of a surrogate pair", [tag("k", "\ud800")], characters],
    ["a character before the reserved prefix", [tag("aws:x", "!")], characters],
    ["the reserved prefix", [tag("aws:x")], "Caller is an end user and not allowed to mutate system tags"],
    ["the reserved prefix in capitals", [tag("AWS:x")], "Caller is an end user and not allowed to mutate system tags"],
    ["a long key", [tag("k".repeat(129))], `1 validation error detected: ${tooLong("key", 128)}`],
    [
      "a long key and value",
      [tag("k".repeat(129), "v".repeat(257))],
      `2 validation errors detected: ${tooLong("value", 256)}; ${tooLong("key", 128)}`,
    ],
    ["an empty key", [tag("")], undefined],
    ["a key twice", [tag("k", "1"), tag("k", "2")], "Cannot provide multiple tags with the same key"],
  ])("refuses %s", (_, tags, text) => {
    expect(refusal(tags)).toMatchObject({ code: "BadRequestException", status: 400, text });
  });
});
