import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterCondition, parseWildcard, WildcardError } from "./message-filters.ts";

describe("parseWildcard", () => {
  it.each([
    ["Hello", "exact", "Hello"],
    ["Hello*", "prefix", "Hello"],
    ["*@example.com", "suffix", "@example.com"],
    ["*sale*", "contains", "sale"],
    ["*", "suffix", ""],
    ["**", "contains", ""],
    ["\\*", "exact", "*"],
    ["50\\* off*", "prefix", "50* off"],
    ["a\\\\b", "exact", "a\\b"],
    ["a\\\\*", "prefix", "a\\"],
    ["C:\\dir", "exact", "C:\\dir"],
    ["end\\", "exact", "end\\"],
    ["", "exact", ""],
  ])("%j is %s %j", (pattern, match, text) => expect(parseWildcard(pattern)).toEqual({ match, text }));

  it.each(["a*b", "*a*b*", "***", "a**"])("refuses %j: a wildcard in the middle", (pattern) =>
    expect(() => parseWildcard(pattern)).toThrow(WildcardError),
  );

  it("reads any text back that was escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("*", "\\", "a", "é") }), (text) => {
        const escaped = text.replaceAll("\\", "\\\\").replaceAll("*", "\\*");
        expect(parseWildcard(escaped)).toEqual({ match: "exact", text });
        if (text !== "") expect(parseWildcard(`*${escaped}*`)).toEqual({ match: "contains", text });
      }),
    );
  });
});

describe("filterCondition", () => {
  it("constrains nothing when there is nothing to constrain", () => {
    expect(filterCondition(undefined, "include", "apart")).toBeUndefined();
    expect(filterCondition({}, "include", "apart")).toBeUndefined();
    expect(filterCondition({ Subject: [], Isp: [] }, "include", "apart")).toBeUndefined();
  });

  it("joins members by AND and values by OR, and keeps every value out of the text", () => {
    const evil = "'; DROP TABLE events --";
    const condition = filterCondition({ FromEmailAddress: [evil, "*@x.com"], Isp: [evil] }, "include", "apart");
    expect(condition?.sql).toBe(
      "(source = {includeFrom0:String} OR endsWith(source, {includeFrom1:String})) AND (isp = {includeIsp0:String})",
    );
    expect(condition?.parameters).toEqual({ includeFrom0: evil, includeFrom1: "@x.com", includeIsp0: evil });
  });
});
