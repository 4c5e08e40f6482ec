import { array, number, object, optional, string } from "valibot";
import { describe, expect, it } from "vitest";
import { dictionary, MalformedData, parseData, parseJson, parseVersionedJson, UnknownVersion } from "./parse-data.ts";

const schema = object({ name: string(), places: optional(array(object({ line: number() }))) });

describe("parseData", () => {
  it("gives what the schema names, and leaves out the rest", () => {
    expect(parseData(schema, { name: "a", places: [{ line: 1, more: 2 }], new: true }, "x")).toEqual({
      name: "a",
      places: [{ line: 1 }],
    });
  });

  it("says what is malformed and where, and shows nothing of it", () => {
    const fault = (value: unknown) => () => parseData(schema, value, "the answer");
    expect(fault({ name: "a", places: [{ line: 1 }, { line: "secret" }] })).toThrow(
      new MalformedData("the answer is malformed: places.1.line is not number"),
    );
    expect(fault({ places: [] })).toThrow(new MalformedData("the answer is malformed: name is missing"));
    for (const value of [null, undefined, "secret", []]) {
      expect(fault(value)).toThrow(/^the answer is malformed: \w+ is (not \w+|missing)$/);
    }
  });
});

describe("parseJson", () => {
  it("refuses what is no JSON as it does what is not of the schema", () => {
    expect(parseJson(schema, '{"name":"a"}', "x")).toEqual({ name: "a" });
    expect(() => parseJson(schema, '{"name":', "the file")).toThrow(new MalformedData("the file is not JSON"));
    expect(() => parseJson(schema, "7", "the file")).toThrow(MalformedData);
  });
});

describe("parseVersionedJson", () => {
  const read = (text: string, version = 1) => parseVersionedJson(schema, version, text, "the row");

  it("takes an object without a version for one of version 1", () => {
    expect(read('{"name":"a"}')).toEqual({ name: "a" });
    expect(read('{"v":1,"name":"a"}')).toEqual({ name: "a" });
    expect(read('{"v":2,"name":"a"}', 2)).toEqual({ name: "a" });
    expect(() => read('{"name":"a"}', 2)).toThrow(UnknownVersion);
  });

  it("refuses other versions before it looks at the rest", () => {
    expect(() => read('{"v":2,"title":"a"}')).toThrow(
      new UnknownVersion("the row has version 2, which this version of Mailglass does not know"),
    );
    for (const v of ['"1"', "null", "1.5", "{}"]) expect(() => read(`{"v":${v},"name":"a"}`)).toThrow(UnknownVersion);
  });
});

describe("dictionary", () => {
  const names = dictionary(array(string()));

  it("keeps every name, also those that objects have of themselves", () => {
    const text = '{"constructor":["a"],"__proto__":["b"],"x":[]}';
    expect(JSON.stringify(parseJson(names, text, "tags"))).toBe(text);
  });

  it("refuses what is no object, and members that are not of the schema", () => {
    for (const value of [null, [], "x", { a: "b" }, { a: ["b"], c: [1] }]) {
      expect(() => parseData(object({ tags: names }), { tags: value }, "a row")).toThrow(
        "a row is malformed: tags is not",
      );
    }
  });
});
