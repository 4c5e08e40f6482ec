import { describe, expect, it } from "vitest";
import { withoutLongLines } from "./long-lines.ts";
import { MailError } from "./mail-error.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

const long = "x".repeat(3_000);
const message = (header: string, body: string) => Buffer.from(`From: a@example.com\r\n${header}\r\n${body}`, "latin1");
const longest = (bytes: Buffer) =>
  Math.max(
    ...bytes
      .toString("latin1")
      .split("\r\n")
      .map(({ length }) => length),
  );
const bodyOf = (bytes: Buffer) => bytes.toString("latin1").split("\r\n\r\n").slice(1).join("\r\n\r\n");

describe("a message", () => {
  it("whose lines fit stays the same buffer", () => {
    const fits = message("Subject: hi\r\n", `${"x".repeat(998)}\r\n${"y".repeat(998)}`);
    expect(withoutLongLines(fits)).toBe(fits);
  });

  it.each([
    ["a line of text", "", `before\r\n${long} é\r\nafter\r\n`],
    ["a line of 999", "Content-Type: text/plain\r\n", `${"x".repeat(999)}`],
    ["a line of HTML", "Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n", `<p>${long}</p>\r\n`],
  ])("with %s is quoted-printable, and says the same", (_, header, body) => {
    const rewritten = withoutLongLines(message(header, body));
    expect(longest(rewritten)).toBeLessThanOrEqual(76);
    expect(rewritten.toString("latin1").match(/^Content-Transfer-Encoding: .*$/gim)).toEqual([
      "Content-Transfer-Encoding: quoted-printable",
    ]);
    expect(decodeQuotedPrintable(bodyOf(rewritten))).toBe(body);
  });

  it("with lines that are mostly not ASCII gets base64", () => {
    const body = "é".repeat(2_000);
    const rewritten = withoutLongLines(message("Content-Type: text/plain; charset=iso-8859-1\r\n", body));
    expect(rewritten.toString()).toContain("Content-Transfer-Encoding: base64\r\n");
    expect(Buffer.from(bodyOf(rewritten), "base64").toString("latin1")).toBe(body);
  });

  it("with base64 on one line gets lines", () => {
    const content = Buffer.alloc(5_000, 7);
    const header = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n";
    const rewritten = withoutLongLines(message(header, content.toString("base64")));
    expect(longest(rewritten)).toBeLessThanOrEqual(76);
    expect(Buffer.from(bodyOf(rewritten), "base64").equals(content)).toBe(true);
  });

  it("with a long field is folded where it has spaces", () => {
    const ids = Array.from({ length: 40 }, (_, n) => `<${n}.${"i".repeat(40)}@example.com>`).join(" ");
    const rewritten = withoutLongLines(message(`References: ${ids}\r\nSubject: hi\r\n`, "text"));
    expect(longest(rewritten)).toBeLessThanOrEqual(998);
    expect(rewritten.toString().replaceAll("\r\n ", " ")).toBe(
      message(`References: ${ids}\r\nSubject: hi\r\n`, "text").toString(),
    );
  });

  it("of several parts changes only those with long lines", () => {
    const parts = [
      "--b\r\nContent-Type: text/plain\r\n\r\nshort",
      `--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${long}`,
      `--b\r\n\r\n${long}`,
      "--b--\r\n",
    ];
    const rewritten = withoutLongLines(message("Content-Type: multipart/mixed; boundary=b\r\n", parts.join("\r\n")));
    const [, plain, csv, bare] = rewritten.toString().split(/(?=--b\r\n)/);
    expect(`${plain}`).toBe(`${parts[0]}\r\n`);
    expect(csv).toMatch(
      /^--b\r\nContent-Type: text\/csv; name=a\.csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nx/,
    );
    expect(bare).toMatch(/^--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nx/);
    expect(decodeQuotedPrintable(csv?.split("\r\n\r\n")[1] ?? "")).toBe(`${long}\r\n`);
    expect(longest(rewritten)).toBeLessThanOrEqual(76);
  });

  it("that forwards another rewrites that in itself", () => {
    const inner = `Subject: inner\r\n\r\n${long}`;
    const rewritten = withoutLongLines(message("Content-Type: message/rfc822\r\n", inner)).toString();
    expect(rewritten).not.toContain("message/rfc822\r\nContent-Transfer-Encoding");
    expect(rewritten).toContain("Subject: inner\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nxxx");
  });

  it.each([
    ["a field without spaces", message(`X-Token: ${long}\r\n`, "text")],
    [
      "signed content",
      message(
        "Content-Type: multipart/signed; boundary=s\r\n",
        `--s\r\nContent-Type: text/plain\r\n\r\n${long}\r\n--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nMII\r\n--s--\r\n`,
      ),
    ],
    [
      "the text before the parts",
      message("Content-Type: multipart/mixed; boundary=b\r\n", `${long}\r\n--b\r\n\r\ntext\r\n--b--\r\n`),
    ],
  ])("with a long line in %s is refused", (_, refused) => {
    expect(() => withoutLongLines(refused)).toThrow(MailError);
  });
});
