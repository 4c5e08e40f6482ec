import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { decode } from "./decode.ts";
import { escapeXml } from "./encode.ts";
import { QueryApiError } from "./errors.ts";
import { readParameters } from "./parameters.ts";

const filled = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const numbered = (size: number) =>
  Array.from({ length: Math.ceil(size / 40) }, (_, index) => `Destinations.member.${index}=a`).join("&");

describe("a request is read in linear time:", () => {
  it.each<[string, (size: number) => string]>([
    ["separators", (size) => filled("&", size)],
    ["unknown parameters", (size) => filled("a=b&", size)],
    ["the same parameter", (size) => filled("Source=a&", size)],
    ["the elements of a list", numbered],
    ["elements without numbers", (size) => filled("Destinations.member=a&", size)],
    ["a name of points", (size) => `${filled("a.", size)}=1`],
    ["a name of escapes", (size) => `${filled("%2E", size)}=1`],
    ["an escaped value", (size) => `Source=${filled("%2B+", size)}`],
    ["base64 with spaces", (size) => `RawMessage.Data=${filled("ab+\n", size)}`],
    ["base64 with padding", (size) => `RawMessage.Data=${filled("=", size)}`],
    ["equals signs", (size) => filled("=", size)],
  ])("%s", async (_, make) => {
    const read = (body: string) => decode("SendRawEmail", readParameters("", Buffer.from(body)));
    await expectLinear(make, refusable(read, QueryApiError));
  });
});

it.each(["&", "\u0000", "\ud800", "]]>"])("a text of %j is escaped in linear time", async (piece) => {
  await expectLinear((size) => filled(piece, size), escapeXml);
});
