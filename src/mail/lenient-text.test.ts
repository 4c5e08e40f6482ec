/** Text in mail that others wrote: encoded words, names of files, charsets. */
import { describe, expect, it } from "vitest";
import { decodeWords } from "./encoded-words.ts";
import { decodeText, fieldText, fileName } from "./lenient-text.ts";

describe("encoded words", () => {
  it.each([
    ["=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["=?UTF-8*de?b?R3LDvMOfZQ==?= an alle", "Grüße an alle"],
    ["a =?utf-8?Q?b?=   =?utf-8?Q?_c?= d", "a b c d"],
    ["=?utf-8?B?w7w=?= =?iso-8859-1?Q?=FC?=", "üü"],
    // A character that is broken in two.
    ["=?utf-8?Q?=C3?=\r\n =?UTF-8?q?=BC?=", "ü"],
    ["=?utf-8?B?w?= =?utf-8?B?7w=?=", "\ufffd"],
    ["=?utf-8?Q?two words?=", "two words"],
    ["=?none?Q?=FC?=", "ü"],
    ["=?utf-8?X?a?= =?utf-8?Q?a =? ?Q?", "=?utf-8?X?a?= =?utf-8?Q?a =? ?Q?"],
    ["=?utf-8?Q?日?= ü", "日 ü"],
  ])("%s", (value, text) => {
    expect(decodeWords(value)).toBe(text);
  });
});

it("reads bytes beyond ASCII in a field", () => {
  expect(fieldText(Buffer.from("Grüße =?utf-8?Q?=C3=BC?=").toString("latin1"))).toBe("Grüße ü");
  expect(fieldText("Gr\xfc\xdfe")).toBe("Grüße");
});

it.each([
  ["attachment; filename=a.txt", undefined, "a.txt"],
  ["attachment; filename=my file.txt ; size=1", undefined, "my file.txt"],
  ['attachment; filename="a \\"b\\"; c.txt"', undefined, 'a "b"; c.txt'],
  ["attachment; filename=\"x\"; filename*=utf-8'de'%C3%BC%20.txt", undefined, "ü .txt"],
  ["attachment; filename*1*=%BC.txt; filename*0*=utf-8''%C3; filename*3=z", undefined, "ü.txt"],
  ['attachment; filename*0="long "; filename*1=name', undefined, "long name"],
  ["attachment; filename*=''a%zz", undefined, "a%zz"],
  ["attachment", 'image/png; name="=?utf-8?Q?=C3=A9.png?="', "é.png"],
  [undefined, "image/png; filename=a", undefined],
  [undefined, undefined, undefined],
])("finds the name of a file in %s, %s", (disposition, type, name) => {
  expect(fileName(disposition, type)).toBe(name);
});

it.each([
  ["=C3=BC =\r\nx=\n", "quoted-printable", "utf-8", "ü x"],
  ["w7w=\r\n", " BASE64 ", undefined, "ü"],
  ["a\r\nb\rc", "7bit", undefined, "a\nb\nc"],
  ["\xfc \x80", undefined, "iso-8859-1", "ü €"],
  ["\xfc", undefined, "no-charset", "ü"],
  ["\xc3\xbc \xff", undefined, "utf-8", "ü \ufffd"],
  ['\u001b$B$"\u001b(B', undefined, undefined, "あ"],
  ["h\0i\0", undefined, "utf-16le", "hi"],
])("decodes %j in %s and %s", (raw, encoding, charset, text) => {
  expect(decodeText(raw, encoding, charset)).toBe(text);
});
