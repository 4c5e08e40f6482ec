import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { isUnsubscribeField, unsubscribePlaceholder as mark, withUnsubscribeLinks } from "./list-unsubscribe.ts";
import { readRawMessage } from "./raw-message.ts";
import { quotedPrintable } from "./transfer-encoding.ts";

const url = "https://mail.example.com/subscriptions/a.b-c_d";
const stamp = { messageId: "id@example.com", date: new Date("2026-11-24T00:00:00Z") };

/** A message written with links. */
const written = (lines: readonly string[], lineBreak = "\r\n") =>
  readRawMessage(Buffer.from(lines.join(lineBreak), "latin1"))
    .write(stamp, url)
    .toString("latin1");

const single = (encoding: string, body: string, more: readonly string[] = []) => [
  "From: a@example.com",
  ...more,
  "Content-Type: text/plain; charset=utf-8",
  `Content-Transfer-Encoding: ${encoding}`,
  "",
  body,
];

describe("links in a text", () => {
  it("take the place of the first two placeholders, to the letter", () => {
    expect(withUnsubscribeLinks(`${mark}|${mark}|${mark}`, url)).toBe(`${url}|${url}|${mark}`);
    for (const other of ["", "{{ amazonSESUnsubscribeUrl }}", "{{amazonsesunsubscribeurl}}", "$&"]) {
      expect(withUnsubscribeLinks(other, url)).toBe(other);
    }
    expect(withUnsubscribeLinks(`{${mark}}`, "$&")).toBe("{$&}");
  });
});

describe("a raw message of a list", () => {
  it("reads as before but for its links, in whatever encoding", async () => {
    const text = fc.array(fc.constantFrom("word ", "ü", "=", "\u{1f600}", "\r\n", ". ", mark, "x".repeat(90)), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom("8bit", "base64", "quoted-printable"), async (words, encoding) => {
        // Readers drop white space at the ends of lines, and line breaks at the end.
        const plain = `${words.join("").replace(/ +\r\n/g, "\r\n")}end`;
        const bytes = Buffer.from(plain);
        const body =
          encoding === "base64"
            ? bytes.toString("base64")
            : encoding === "8bit"
              ? bytes.toString("latin1")
              : quotedPrintable(bytes, true);
        const mail = await PostalMime.parse(Buffer.from(written(single(encoding, `${body}\r\n`)), "latin1"));
        expect(mail.text?.replaceAll("\r\n", "\n").trimEnd()).toBe(
          withUnsubscribeLinks(plain, url).replaceAll("\r\n", "\n"),
        );
      }),
    );
  });

  it("finds placeholders that are broken up or encoded, and keeps line breaks", () => {
    expect(written(single("Quoted-Printable", "one=0Atwo\n=7B{amazonSES=\nUnsubscribeUrl}=7D\nthree\n"), "\n")).toMatch(
      new RegExp(`\r\n\r\none=0Atwo\r\n${url.slice(0, 40)}.*three\r\n$`, "s"),
    );
  });

  it("is untouched where there is no placeholder, byte for byte", () => {
    for (const [encoding, body] of [
      ["quoted-printable", "odd=20=\r\n  soft =3d \r\n"],
      ["base64", "YQ==\r\n\r\nYg==\r\n"],
      ["x-unknown", `${mark}\r\n`],
    ]) {
      const out = written(single(encoding ?? "", body ?? ""));
      expect(out.slice(out.indexOf("\r\n\r\n") + 4)).toBe(body);
    }
  });

  it("has List-Unsubscribe of its own instead of the sender's, and no links where a signature would break", () => {
    const own = ["LIST-unsubscribe: <mailto:a@example.com>,", " <https://example.com>", "list-unsubscribe-POST: x"];
    expect(written(single("7bit", "text", own)).match(/^list-unsubscribe.*$/gim)).toEqual([
      `List-Unsubscribe: <${url}>`,
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]);
    const signed = written(
      ["From: a@b.c", 'Content-Type: multipart/signed; boundary="b"', "", "--b", "", mark, "--b--", ""],
      "\r\n",
    );
    expect(signed).toContain(mark);
    expect(signed).toContain("List-Unsubscribe: ");
    expect(written(single("7bit", mark, ["DKIM-Signature: v=1"]))).not.toMatch(/list-unsubscribe/i);
    expect(
      ["List-Unsubscribe", "list-unsubscribe-post", "List-Unsubscribe-X", "List-Id"].map(isUnsubscribeField),
    ).toEqual([true, true, false, false]);
  });
});
