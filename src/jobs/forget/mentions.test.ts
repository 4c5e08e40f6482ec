import { expect, it } from "vitest";
import { mentionsOf } from "./mentions.ts";

const mentions = mentionsOf("ann@example.com");
const base64 = (text: string) => Buffer.from(text).toString("base64");

it.each([
  "ann@example.com",
  "To: Ann <ANN@Example.COM>, b@example.com",
  '{"destination":["ann@example.com"]}',
  "Mail to ann@example.com. It came back.",
  JSON.stringify({ Message: JSON.stringify({ text: "to:\nann@example.com" }) }),
  String.raw`{"to":"\u003cann@example.com\u003e"}`,
  JSON.stringify({ rawData: base64('{"mail":{"destination":["ann@example.com"]}}') }),
])("%j contains the address", (text) => expect(mentions(text)).toBe(true));

it.each([
  "joann@example.com",
  "x.ann@example.com",
  "ann@example.com.au",
  "ann@example.community",
  "ann@sub.example.com",
  JSON.stringify({ rawData: base64("joann@example.com") }),
  "",
])("%j does not contain the address", (text) => expect(mentions(text)).toBe(false));

it("finds an address that JSON escapes", () => {
  expect(mentionsOf('"a b"@example.com')(JSON.stringify({ to: '"a b"@example.com' }))).toBe(true);
});
