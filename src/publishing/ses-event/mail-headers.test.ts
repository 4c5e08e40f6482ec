import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { headerBytes, type MailHeaders, readMailHeaders } from "./mail-headers.ts";

/** The headers of a whole message, which reads no more of it than needed. */
function headersOf(message: string | Buffer): MailHeaders | undefined {
  const bytes = Buffer.from(message);
  return readMailHeaders(bytes.subarray(0, headerBytes(bytes.length)), bytes.length);
}

const body = `\r\n${"text\r\n".repeat(20_000)}`;

describe("headers", () => {
  it("are shown in order, unfolded, with their encoded words", () => {
    const mail = `Message-ID: <m@x.example>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nX-Two:  one\r\n two\r\nX-Two: three\r\nContent-Type: multipart/mixed;\r\n\tboundary="b"\r\n${body}`;
    expect(headersOf(mail)).toMatchObject({
      headers: [
        { name: "Message-ID", value: "<m@x.example>" },
        { name: "Subject", value: "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" },
        { name: "X-Two", value: "one two" },
        { name: "X-Two", value: "three" },
        { name: "Content-Type", value: 'multipart/mixed; boundary="b"' },
      ],
      truncated: false,
      common: { subject: "Grüße", messageId: "<m@x.example>" },
    });
  });

  it("are read up to the body, whatever follows", () => {
    expect(headersOf("Subject: a\r\n\r\nTo: b@c.example\r\n")?.headers).toEqual([{ name: "Subject", value: "a" }]);
    expect(headersOf("Subject: a\n\nTo: b@c.example\n")?.headers).toEqual([{ name: "Subject", value: "a" }]);
    expect(headersOf("Subject: a\r\n")).toMatchObject({ headers: [{ name: "Subject", value: "a" }], truncated: false });
  });

  it("end at 10 KB, with whole fields", () => {
    const filling = (length: number) => `X-A: ${"a".repeat(length - 7)}\r\n`;
    const fits = `${filling(10 * 1024 - 12)}Subject: b\r\n${body}`;
    expect(headersOf(fits)).toMatchObject({ truncated: false, headers: [{}, { name: "Subject", value: "b" }] });
    const over = `${filling(10 * 1024 - 11)}Subject: b\r\n${body}`;
    expect(headersOf(over)).toMatchObject({ truncated: true, headers: [{ name: "X-A" }], common: { subject: "b" } });
    expect(headersOf(over)?.headers).toHaveLength(1);
  });

  it("beyond what is read are truncated, and so is the field in which reading ends", () => {
    const long = `Subject: a\r\nX-Long: ${"b ".repeat(60_000)}\r\nTo: c@d.example\r\n${body}`;
    expect(headersOf(long)).toMatchObject({ headers: [{ name: "Subject", value: "a" }], truncated: true });
    const many = Array.from({ length: 900 }, (_, at) => `X-${at}: ${"v".repeat(200)}\r\n`).join("");
    const read = headersOf(many + body);
    expect(read?.truncated).toBe(true);
    expect(read?.headers.every(({ value }) => value === "v".repeat(200))).toBe(true);
  });

  it("are unknown if the bytes are no message", () => {
    expect(headersOf("no field\r\n\r\n")).toBeUndefined();
    expect(headersOf(Buffer.alloc(70_000, "a"))?.headers).toEqual([]);
  });
});

describe("common headers", () => {
  const common = (...lines: string[]) => headersOf(`${lines.join("\r\n")}\r\n${body}`)?.common;

  it.each([
    ["a@b.example", ["a@b.example"]],
    ["One Two <a@b.example>", ["One Two <a@b.example>"]],
    ['"One Two" <a@b.example>', ["One Two <a@b.example>"]],
    ['"Two, One" <a@b.example>', ['"Two, One" <a@b.example>']],
    ['"x.example" <a@x.example>', ['"x.example" <a@x.example>']],
    ['"a \\"b\\" \\\\c" <a@b.example>', ['"a \\"b\\" \\\\c" <a@b.example>']],
    ["=?utf-8?Q?J=C3=BCrgen?= <j@b.example>", ['"Jürgen" <j@b.example>']],
    ["a@b.example, Two <c@d.example>", ["a@b.example", "Two <c@d.example>"]],
    ["group: a@b.example, c@d.example;", ["a@b.example", "c@d.example"]],
    ["undisclosed-recipients:;", []],
    ["no address, =?utf-8?Q?=C3=A9?=", ["no address, é"]],
  ])("have the addresses of To: %s", (value, addresses) => {
    expect(common(`To: ${value}`)?.to).toEqual(addresses);
  });

  it("have From, Reply-To, Cc, Date and Subject, whatever their case", () => {
    const read = common("FROM: a@b.example", "reply-to: r@b.example", "CC: c@b.example", "Date: today", "subject: s");
    expect(read).toEqual({
      from: ["a@b.example"],
      replyTo: ["r@b.example"],
      to: [],
      cc: ["c@b.example"],
      date: "today",
      messageId: undefined,
      subject: "s",
    });
  });

  it("have whole addresses only, and are bounded", () => {
    const read = common(`To: ${"name <recipient@example.com>, ".repeat(1500)}`, `Subject: ${"s".repeat(9000)}`);
    expect(new Set(read?.to)).toEqual(new Set(["name <recipient@example.com>"]));
    expect(read?.to.length).toBeGreaterThan(500);
    expect(read?.to.join("").length).toBeLessThanOrEqual(20 * 1024);
    expect(read?.subject).toHaveLength(4096);
  });
});

it("any bytes are read without an error, into less than 200 KB of JSON", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "Subject: ",
      "To: ",
      "From: ",
      "\r\n",
      "\n",
      "\r",
      " ",
      "\t",
      "a@b.c, ",
      "\u0001",
      '"',
      "=?utf-16?B?2AA=?=",
      ":",
    ),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      fc.boolean(),
      (pieces, times, cut) => {
        const bytes = Buffer.from(pieces.join("").repeat(times)).subarray(0, 64 * 1024);
        const read = readMailHeaders(bytes, bytes.length + (cut ? 1 : 0));
        expect(JSON.stringify(read ?? {}).length).toBeLessThan(200_000);
      },
    ),
    { numRuns: runs(300) },
  );
});
