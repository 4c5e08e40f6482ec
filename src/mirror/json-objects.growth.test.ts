import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { JsonObjectSplitter } from "./json-objects.ts";

const chunkBytes = 4 << 10;

/** Reads a text in chunks, like the content of a file. */
function read(text: Buffer): void {
  const splitter = new JsonObjectSplitter(1 << 20);
  for (let start = 0; start < text.length; start += chunkBytes) splitter.push(text.subarray(start, start + chunkBytes));
  splitter.end();
}

describe("finds objects in linear time", () => {
  it.each([
    ["one per line", '{"a":"b"}\n'],
    ["side by side without a line break", "{}"],
    ["several per line", '{"a":1}{"b":{}}{}\n'],
    ["that span several lines", '{\n"a":\n1}\n'],
    ["that don't end", '{"a":\n'],
    ["absent", "no object\n"],
  ])("%s", async (_what, part) => {
    await expectLinear((size) => Buffer.from(part.repeat(size)), read);
  });

  it("many in a terminated line", async () => {
    await expectLinear(
      (size) => Buffer.from(`${"{}".repeat(size)}\n`),
      (text) => new JsonObjectSplitter(1 << 20).push(text),
    );
  });
});
