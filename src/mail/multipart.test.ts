/** Where the parts of a message lie, and that no byte is read twice to find them. */
import { expect, it } from "vitest";
import { leavesOf, type PartHeader } from "./multipart.ts";

/** A header of one line, `boundary=…` for a multipart; with each stretch that the walk gives to be read for a header. */
function walk(text: string, most = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text, "latin1");
  const headers: { start: number; end: number; depth: number }[] = [];
  const read = (start: number, end: number): PartHeader => {
    const header = bytes.toString("latin1", start, end);
    const blank = /(?:^|\n)\r?\n/.exec(header);
    const boundary = /^boundary=(\S+)/.exec(header)?.[1];
    const type = boundary === undefined ? "text/plain" : "multipart/mixed";
    return { type, boundary, bodyStart: blank ? start + blank.index + blank[0].length : end };
  };
  const leaves = leavesOf(bytes, read(0, bytes.length), (start, end, depth) => {
    if (headers.length === most) return undefined;
    headers.push({ start, end, depth });
    return read(start, end);
  });
  return { headers, bodies: leaves.map(({ start, end }) => bytes.toString("latin1", start, end)), leaves };
}

it("finds the parts of parts, without the line breaks that belong to delimiters", () => {
  const { bodies, leaves } = walk(
    "boundary=a\r\n\r\npreamble\r\n--a\r\n\r\none\r\n\r\n--a  \r\nboundary=b\r\n\r\n--b\r\n\r\n--not\r\n--b--\r\n--a\n\nthree\n--a--\nepilogue",
  );
  expect(bodies).toEqual(["one\r\n", "--not", "three"]);
  expect(leaves.map(({ parent }) => parent?.depth)).toEqual([0, 1, 0]);
  expect(leaves[1]?.parent?.parent).toBe(leaves[0]?.parent);
});

it("ends a multipart with the one around it, and with the message", () => {
  expect(walk("boundary=a\n\n--a\nboundary=b\n\n--b\n\none\n--a\n\ntwo\n--b\n\nrest").bodies).toEqual([
    "one",
    "two\n--b\n\nrest",
  ]);
});

it("takes a body without a boundary as one part, and a body that starts with its delimiter", () => {
  expect(walk("\nall of it").bodies).toEqual(["all of it"]);
  expect(walk("boundary=a\n\n--a\n\nfirst").bodies).toEqual(["first"]);
});

it("ends where no header is read", () => {
  expect(walk(`boundary=a\n\n${"--a\n\nx\n".repeat(9)}`, 3).bodies).toEqual(["x", "x", "x"]);
});

it.each([
  ["delimiters that look like fields, and no empty line", 'x: "\n'],
  ["nested multiparts of one boundary", "boundary=a:\n"],
  ["headers without end", "x: y\n".repeat(20)],
])("reads no byte for two headers: %s", (_what, header) => {
  const mail = `boundary=a:\n\n${`--a:\n${header}`.repeat(2000)}`;
  const { headers } = walk(mail);
  expect(headers.length).toBe(2000);
  for (const [index, { start, end }] of headers.entries()) {
    expect(start).toBeGreaterThanOrEqual(headers[index - 1]?.end ?? 0);
    expect(end).toBeGreaterThanOrEqual(start);
  }
});
