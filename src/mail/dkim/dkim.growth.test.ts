import { beforeAll, describe, it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import { filled, numbered } from "../../../test/support/hostile-mails.ts";
import { bodyHashOf } from "./body-hash.ts";
import { publishesKey } from "./key-record.ts";
import { generateDkimKey } from "./keys.ts";
import { type DkimKey, dkimSignatures } from "./signature.ts";

let key: DkimKey;
beforeAll(async () => {
  key = { domain: "example.com", selector: "s", key: await generateDkimKey(1024) };
});

const headers: Readonly<Record<string, (size: number) => string>> = {
  folds: (size) => `Subject: ${filled("\r\n x", size)}`,
  "fields of one name": (size) => filled("Reply-To: a@b.c\r\n", size),
  "lines without a colon": (size) => `${filled("x\r\n", size)}:`,
  "spaces before a colon": (size) => `x${filled(" ", size)}:`,
};

describe("messages are signed in linear time", () => {
  it.each(Object.entries(headers))("%s", async (_, make) => {
    await expectLinear(
      (size) => Buffer.from(`From: a@b.c\r\n${make(size)}\r\n\r\nx`),
      (message) => dkimSignatures({ message, keys: [key], at: new Date(0), bodyHash: "x" }),
    );
  });

  it.each([" \t", " \r\n", "\r\n", "x\r\n"])("a body of %j", async (piece) => {
    await expectLinear((size) => Buffer.from(`From: a@b.c\r\n\r\n${filled(piece, size)}x`), bodyHashOf);
    await expectLinear((size) => Buffer.from(`From: a@b.c\r\n\r\n${filled(piece, size)}`), bodyHashOf);
  });
});

describe("key records are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["tags", (size) => numbered((one) => `a${one}=x;`, size)],
    ["spaces", (size) => `v=DKIM1;${filled(" ", size)}p=x`],
    ["semicolons", (size) => filled(";", size)],
    ["hashes", (size) => `h=${filled("a:", size)};p=x`],
  ])("%s", async (_, make) => {
    await expectLinear(make, (record) => publishesKey(record, "x"));
  });
});
