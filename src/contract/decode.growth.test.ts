import { describe, expect, it } from "vitest";
import { expectLinear, refusable } from "../../test/support/growth.ts";
import { filled, numbered } from "../../test/support/hostile-mails.ts";
import { constraintTable } from "./constraint-table.ts";
import { checkConstraints } from "./constraints.ts";
import { decode } from "./decode.ts";
import { ServiceError } from "./errors/service-error.ts";
import { fullMatch } from "./patterns.ts";

const list = (member: string, element: string, size: number) =>
  `"${member}":[${filled(`${element},`, size)}${element}]`;

const bodies: Readonly<Record<string, (size: number) => string>> = {
  lists: (size) => `{"Content":${filled("[", size)}${filled("]", size)}}`,
  objects: (size) => filled('{"Content":', size),
  keys: (size) => `{${numbered((one) => `"k${one}":1,`, size)}"z":1}`,
  "keys that are numbers": (size) => `{${numbered((one) => `"${(one * 7919) % 1_000_003}":1,`, size)}"z":1}`,
  "one member": (size) => `{${filled('"EmailTags":[],', size)}"z":1}`,
  tags: (size) => `{${list("EmailTags", '{"Name":"a","Value":"b"}', size)}}`,
  "empty tags": (size) => `{${list("EmailTags", "{}", size)}}`,
  addresses: (size) => `{"Destination":{${list("ToAddresses", '"a@b.c"', size)}}}`,
  headers: (size) => `{"Content":{"Simple":{${list("Headers", '{"Name":"a b","Value":""}', size)}}}}`,
  "a long text": (size) => `{"FromEmailAddress":"${filled("\\u0041", size)}"}`,
  base64: (size) => `{"Content":{"Raw":{"Data":"${filled("QUFB", size)}"}}}`,
  "white space": (size) => `${filled(" \n", size)}x`,
};

// No larger: thousands of members need so much memory that garbage is collected all the time.
const sizes = { least: 1024, most: 4096 };

describe("bodies are decoded and checked in linear time", () => {
  it.each(Object.entries(bodies))("%s", async (_, make) => {
    const read = (body: string) => checkConstraints("SendEmail", decode("SendEmail", { labels: {}, query: "", body }));
    await expectLinear(make, refusable(read, ServiceError), sizes);
  });

  it("a map", async () => {
    const query = '"Id":"a","Namespace":"VDM","Metric":"SEND"';
    const read = (body: string) =>
      checkConstraints("BatchGetMetricData", decode("BatchGetMetricData", { labels: {}, query: "", body }));
    await expectLinear(
      (size) => `{"Queries":[{${query},"Dimensions":{${numbered((one) => `"k${one}":"x",`, size)}"z":"x"}}]}`,
      refusable(read, ServiceError),
    );
  });
});

describe("queries are decoded in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["one parameter", (size) => filled("NextToken=a&", size)],
    ["a list", (size) => filled("Reason=BOUNCE&", size)],
    ["parameters", (size) => numbered((one) => `a${one}=a&`, size)],
    ["a long fraction", (size) => `StartDate=2020-01-01T00:00:00.${filled("0", size)}x`],
    ["a long number", (size) => `PageSize=${filled("1", size)}x`],
    ["percents", (size) => `NextToken=${filled("%4", size)}`],
  ])("%s", async (_, make) => {
    const read = (query: string) => decode("ListSuppressedDestinations", { labels: {}, query, body: "" });
    await expectLinear(make, refusable(read, ServiceError));
  });
});

describe("the model's patterns match in linear time", () => {
  const patterns = new Set<string>();
  JSON.stringify(constraintTable, (name, value: unknown) => {
    if (name === "pattern" && typeof value === "string") patterns.add(value);
    return value;
  });

  it("are known", () => expect(patterns.size).toBeGreaterThan(5));

  it.each([...patterns])("%s", async (pattern) => {
    const compiled = fullMatch(pattern);
    const pieces = ["a", "@", "/", "a/", "a@", "s3://a/", ".", "a.", "-", ":", "arn:", "1", "%", " ", "\n"];
    await expectLinear(
      (size) => pieces.map((piece) => `${filled(piece, size)}\0`),
      (texts) => texts.map((text) => compiled.test(text)),
      { most: 1 << 13 },
    );
  });
});
