/** Values of header fields: addresses, encoded words, parameters, charsets; read, and written from foreign texts. */
import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../test/support/growth.ts";
import { filled, numbered } from "../../test/support/hostile-mails.ts";
import { parseAddress, parseAddressList } from "./address.ts";
import { encodeText } from "./charset.ts";
import { decodeCharset } from "./decode-charset.ts";
import { decodeWords } from "./encoded-words.ts";
import { addressField, literalField, parameter as parameterText, textField } from "./header-value.ts";
import { MailError } from "./mail-error.ts";
import { parameterValues } from "./parameters.ts";

type Text = (size: number) => string;

const addresses: Readonly<Record<string, Text>> = {
  "at signs": (size) => filled("@", size),
  "a long local part": (size) => `${filled("a.", size)}a@b.c`,
  "a long domain": (size) => `a@${filled("b-.", size)}c`,
  "a long Unicode domain": (size) => `a@${filled("\u4f8b.", size)}c`,
  "open brackets": (size) => filled("<", size),
  comments: (size) => `${filled("((a)b)", size)}a@b.c`,
  "open comments": (size) => filled("(", size),
  "escapes in quotes": (size) => `"${filled("\\", size)}`,
  "a long name": (size) => `${filled("=?utf-8?Q?a?= ", size)}<a@b.c>`,
  groups: (size) => filled("g: a@b.c;", size),
  list: (size) => filled("a@b.c, ", size),
};

describe("addresses are parsed in linear time", () => {
  it.each(Object.entries(addresses))("%s", async (_, make) => {
    await expectLinear(make, refusable(parseAddress, MailError));
    await expectLinear(make, refusable(parseAddressList, MailError));
  });
});

describe("encoded words are decoded in linear time", () => {
  it.each([
    "=?utf-8?Q?a?= ",
    "=?utf-8?Q?a",
    "=?",
    "=?a*b",
    "=?utf-8?B?QQ==?=",
    "=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?= ",
    "=?iso-2022-jp?B?GyRC?= ",
    "=?none?Q?=FF?= y ",
  ])("%s", async (piece) => {
    await expectLinear((size) => filled(piece, size), decodeWords);
  });

  it("spaces between them", async () => {
    await expectLinear((size) => `=?utf-8?Q?a?=${filled(" ", size)}=?utf-8?Q?a?=`, decodeWords);
  });
});

const parameters: Readonly<Record<string, Text>> = {
  segments: (size) => numbered((one) => `; filename*${one}*=%41`, size),
  "repeated segments": (size) => filled("; filename*0*=utf-8''%41", size),
  "repeated values": (size) => filled("; filename=x", size),
  "open quotes": (size) => filled('; filename="\\"', size),
  "escapes in quotes": (size) => `; filename="${filled("\\", size)}`,
  quotes: (size) => `; filename=${filled('"', size)}`,
  spaces: (size) => `; filename${filled(" ", size)}`,
  "spaces in a value": (size) => `; filename=a${filled(" ", size)}b`,
  "words in a value": (size) => `; filename=a${filled(" filename", size)}`,
  "names without value": (size) => filled("; filename ", size),
  "no semicolons": (size) => filled(" filename=x", size),
  apostrophes: (size) => `; filename*=${filled("'", size)}`,
  percents: (size) => `; filename*=utf-8''${filled("%", size)}`,
  "a long index": (size) => `; filename*${filled("1", size)}=x`,
  "equals signs": (size) => filled("=", size),
};

describe("parameters are parsed in linear time", () => {
  it.each(Object.entries(parameters))("%s", async (_, make) => {
    await expectLinear(
      (size) => `attachment${make(size)}`,
      (field) => parameterValues(field, "filename"),
    );
  });
});

describe("charsets are decoded and encoded in linear time", () => {
  it.each(["utf-8", "utf-16", "gb18030", "shift_jis", "iso-2022-jp", "windows-1252", "none"])("%s", async (charset) => {
    await expectLinear(
      (size) => filled("\u001b$B\xc3\xa9\xff", size),
      (raw) => decodeCharset(raw, charset),
    );
    await expectLinear(
      (size) => filled("\u0436a\ud83d\ude00\ud800", size),
      (text) => encodeText(text, charset),
    );
  });
});

describe("header fields are written in linear time", () => {
  it.each([" ", "a ", "a  ", "=?", "\u0436", "\ud800", `${"a".repeat(70)}  `, "a"])("%j", async (piece) => {
    const write = (text: string) => {
      textField("Subject", text);
      parameterText("filename", text);
      addressField("To", [{ displayName: text, address: "a@b.c", localPart: "a", domain: "b.c" }]);
    };
    await expectLinear((size) => filled(piece, size), write, { least: 1024 });
    const literal = (text: string) => literalField("X-Name", text);
    await expectLinear((size) => filled(piece, size), refusable(literal, MailError));
  });
});
