import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { filled } from "../../../test/support/hostile-mails.ts";
import { dotStuffed } from "./dot-stuffing.ts";
import { readExtensions } from "./extensions.ts";
import { createReplyParser, MalformedReply, smtpReply } from "./reply.ts";

const read = (chunks: Iterable<Buffer>) => {
  const parser = createReplyParser((reply) => smtpReply(reply));
  for (const chunk of chunks) parser.push(chunk);
};

describe("replies are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["replies", (size) => filled("250 ok\r\n", size)],
    ["lines of one reply", (size) => filled("250-ok\r\n", size)],
    ["long lines", (size) => filled(`550 5.1.1 ${" ".repeat(2000)}x\r\n`, size)],
    ["control characters", (size) => filled(`550 ${"\0".repeat(2000)}\r\n`, size)],
    ["a line without end", (size) => filled("2", size)],
  ])("%s", async (_, make) => {
    await expectLinear((size) => [Buffer.from(make(size))], refusable(read, MalformedReply));
    const octets = (text: string) => Array.from(Buffer.from(text), (octet) => Buffer.of(octet));
    await expectLinear((size) => octets(make(size)), refusable(read, MalformedReply));
  });

  it.each<[string, (size: number) => string[]]>([
    ["one extension", (size) => Array.from({ length: size / 8 }, () => "AUTH PLAIN")],
    ["values of one extension", (size) => [`AUTH${filled(" a", size)}`]],
    ["extensions", (size) => Array.from({ length: size / 8 }, (_, one) => `X${one}`)],
  ])("extensions: %s", async (_, make) => {
    await expectLinear(
      (size) => ({ code: 250, lines: ["x", ...make(size)] as const }),
      ({ code, lines: [first, ...others] }) => readExtensions({ code, lines: [first, ...others] }),
    );
  });
});

it("dots are stuffed in linear time", async () => {
  await expectLinear((size) => [Buffer.from(filled("\r\n.", size))], dotStuffed);
  await expectLinear((size) => Array.from({ length: size / 4 }, () => Buffer.from(".\n")), dotStuffed, { most: 4096 });
});
