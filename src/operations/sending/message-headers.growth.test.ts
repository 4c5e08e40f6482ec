import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { filled, numbered } from "../../../test/support/hostile-mails.ts";
import { ServiceError } from "../../contract/errors/service-error.ts";
import type { Input } from "../../contract/types.ts";
import { type Preparation, prepare } from "./envelope.ts";
import { messageTags } from "./message-tags.ts";

describe("message tags are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["one name", (size) => filled("a=b,", size)],
    ["names", (size) => numbered((one) => `a${one}=b,`, size)],
    ["commas", (size) => filled(",", size)],
    ["spaces", (size) => `${filled(" ", size)}a=b`],
    ["spaces behind a name", (size) => `a${filled(" ", size)}=b`],
    ["a long name", (size) => `${filled("a", size)}=b`],
    ["a name without an end", (size) => filled("a", size)],
  ])("in the header: %s", async (_, make) => {
    await expectLinear(
      make,
      refusable((header) => messageTags(undefined, header), ServiceError),
      { most: 4096 },
    );
  });

  it.each<[string, (one: number) => string]>([
    ["one name", () => "a"],
    ["names", (one) => `a${one}`],
  ])("in the request: %s", async (_, name) => {
    await expectLinear(
      (size) => Array.from({ length: size / 8 }, (_, one) => ({ Name: name(one), Value: "b" })),
      refusable((tags) => messageTags(tags, undefined), ServiceError),
      { most: 4096 },
    );
  });
});

const preparation: Preparation = { addressRules: { unicodeDomains: "refuse" }, addsFrom: false };

describe("list management options are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["a long name", (size) => filled("a", size)],
    ["spaces", (size) => `a${filled(" ", size)};${filled(" ", size)}x`],
    ["spaces around a topic", (size) => `a;${filled(" ", size)}topic${filled(" ", size)}=${filled(" ", size)}x y`],
    ["semicolons", (size) => `a${filled("; ", size)}`],
  ])("%s", async (_, make) => {
    const header = (size: number) => `X-SES-LIST-MANAGEMENT-OPTIONS: ${make(size)}`;
    await expectLinear(
      (size) => ({ Content: { Raw: { Data: Buffer.from(`From: a@b.c\r\nTo: a@b.c\r\n${header(size)}\r\n\r\nx`) } } }),
      refusable((input: Input<"SendEmail">) => prepare(input, preparation), ServiceError),
    );
  });
});
