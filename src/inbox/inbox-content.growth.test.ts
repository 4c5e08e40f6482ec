import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { hostileHeaders, hostileStructures } from "../../test/support/hostile-mails.ts";
import { readContent } from "./inbox-content.ts";

const mail = (type: string, body: string) => Buffer.from(`Subject: Your code\r\nContent-Type: ${type}\r\n\r\n${body}`);
const html = (part: string) => (size: number) => mail("text/html", part.repeat(size / part.length));
const text = (part: string) => (size: number) => mail("text/plain", part.repeat(size / part.length));

const hostileContents = {
  "links without end": html('<a href="https://example.com/">x'),
  "different links": (size: number) =>
    mail("text/html", Array.from({ length: size / 32 }, (_, n) => `<a href="https://example.com/${n}">x</a>`).join("")),
  "URLs of brackets": text("https://example.com/)))))))))))))))))((((((((((((((( "),
  "one URL of brackets": (size: number) => mail("text/plain", `https://e.com/${")".repeat(size)}`),
  numbers: text("code 123456 1234 ABCD-1234 "),
  "digits in lines": text("1\n"),
  "a line of digits": text("1 "),
  "letters and hyphens": text("ABC-"),
  "addresses in a header": (size: number) => Buffer.from(`To: ${"a@b.c, ".repeat(size / 7)}\r\n\r\n`),
  "a malformed list of addresses": (size: number) => Buffer.from(`To: ${"a@b.c, <<".repeat(size / 9)}\r\n\r\n`),
};

describe("the content of a message is read in linear time", () => {
  it.each(Object.entries({ ...hostileStructures, ...hostileHeaders, ...hostileContents }))("%s", async (_, make) => {
    await expectLinear(make, readContent, { most: 1 << 18 });
  });
});
