import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { JsonObjectSplitter } from "./json-objects.ts";

const chunkBytes = 4 << 10;

/** Reads a text as it comes from a file: in chunks. */
function read(text: Buffer): void {
  const splitter = new JsonObjectSplitter(1 << 20);
  for (let start = 0; start < text.length; start += chunkBytes) splitter.push(text.subarray(start, start + chunkBytes));
  splitter.end();
}

describe("objects are found in linear time", () => {
  it.each([
    ["one a line", '{"a":"b"}\n'],
    ["side by side without a line break", "{}"],
    ["several in each line", '{"a":1}{"b":{}}{}\n'],
    ["over several lines", '{\n"a":\n1}\n'],
    ["that have no end", '{"a":\n'],
    ["that are none", "no object\n"],
  ])("%s", async (_what, part) => {
    await expectLinear((size) => Buffer.from(part.repeat(size)), read);
  });

  it("many in a line with an end", async () => {
    await expectLinear(
      (size) => Buffer.from(`${"{}".repeat(size)}\n`),
      (text) => new JsonObjectSplitter(1 << 20).push(text),
    );
  });
});
