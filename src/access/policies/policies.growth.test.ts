import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { filled } from "../../../test/support/hostile-mails.ts";
import { identityArn, samplePolicy, sampleStatement } from "../../../test/support/policy-samples.ts";
import { readDate, readNetwork, readNumber } from "./condition-values.ts";
import { compileGlobs } from "./globs.ts";
import { parsePolicy } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

describe("wildcards match in linear time", () => {
  // Patterns that make a matcher with backtracking quadratic, or worse.
  it.each<[what: string, patterns: string[]]>([
    ["stars", [`${filled("*a", 400)}*b`]],
    ["a long literal", [`*${filled("a", 400)}b`]],
    ["question marks", [`*${filled("?", 400)}b`]],
    ["many patterns", Array.from({ length: 100 }, (_, one) => `*${"a".repeat(one % 4)}${one}`)],
  ])("%s, in the text", async (_, patterns) => {
    const matches = compileGlobs(patterns);
    await expectLinear((size) => filled("a", size), matches);
  });

  it("in the pattern", async () => {
    const text = filled("a", 320);
    await expectLinear(
      (size) => `${filled("*a", size)}*b`,
      (pattern) => compileGlobs([pattern])(text),
    );
  });
});

describe("policies are read in linear time", () => {
  const read = refusable((text: string) => parsePolicy(text, identityArn), PolicyError);

  it.each<[what: string, make: (size: number) => string]>([
    ["white space", (size) => samplePolicy(sampleStatement()) + filled(" \n", size)],
    ["depth", (size) => filled("[", size / 2) + filled("]", size / 2)],
    ["brackets that stay open", (size) => filled('{"a":', size)],
    ["escapes", (size) => JSON.stringify({ Id: filled("\\", size / 2) })],
    ["names", (size) => JSON.stringify(Object.fromEntries(Array.from({ length: size / 8 }, (_, at) => [at, 1])))],
    ["actions", (size) => samplePolicy(sampleStatement({ Action: Array.from({ length: size / 8 }, () => "ses:*") }))],
    [
      "a condition's values",
      (size) =>
        samplePolicy(
          sampleStatement({
            Condition: { StringLike: { "ses:FromAddress": Array.from({ length: size / 8 }, () => "*a?b*") } },
          }),
        ),
    ],
  ])("%s", async (_, make) => {
    await expectLinear(make, read, { least: 512, most: 2048 });
  });

  it.each<[what: string, piece: string, reader: (text: string) => unknown]>([
    ["a number", "1", readNumber],
    ["a date", "2018-09-15T", readDate],
    ["a network", "1.", readNetwork],
    ["a network of IPv6", "1:", readNetwork],
  ])("%s", async (_, piece, reader) => {
    await expectLinear((size) => filled(piece, size), reader);
  });
});
