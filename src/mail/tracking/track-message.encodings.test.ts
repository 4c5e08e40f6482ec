import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { expectWellFormed } from "../../../test/support/strict-reader.ts";
import { encodeText } from "../charset.ts";
import { base64Length, quotedPrintable, writeBase64 } from "../transfer-encoding.ts";
import { trackMessage } from "./track-message.ts";

const links = {
  tracks: () => true,
  clickUrl: (url: string) => `https://t.example/c/${Buffer.from(url).toString("hex")}`,
  openUrl: () => "https://t.example/o",
};
const pixel = '<img src="https://t.example/o" alt="" width="1" height="1" style="border:0">';

function encoded(bytes: Buffer, encoding: string): Buffer {
  if (encoding === "quoted-printable") return Buffer.from(quotedPrintable(bytes, true));
  if (encoding !== "base64") return bytes;
  const out = Buffer.alloc(base64Length(bytes.length));
  writeBase64(bytes, out, 0);
  return out;
}

function mail(bytes: Buffer, charset: string, encoding: string): Buffer {
  const fields = `From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset="${charset}"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return Buffer.concat([Buffer.from(fields), encoded(bytes, encoding), Buffer.from("\r\n")]);
}

const texts: Record<string, string> = {
  "UTF-8": "Zoë – 日本語 😀",
  "ISO-8859-1": "Zoë",
  "windows-1252": "Zoë – €",
  "koi8-r": "Привет",
  // With bytes beyond the first that are ASCII: 表 is 95 5C, ソ is 83 5C.
  Shift_JIS: "表ソ日本語",
  gb18030: "日本語",
  Big5: "日本語功",
};

describe.each(Object.entries(texts))("in %s", (charset, text) => {
  it.each(["8bit", "quoted-printable", "base64", "binary"])("as %s", async (encoding) => {
    const html = `<p title="${text}">${text}<a href="https://a.example/${text}">${text}</a></p>\r\n`;
    const { bytes } = encodeText(html, charset);
    const message = trackMessage(mail(bytes, charset, encoding), { opens: true, clicks: true, links });
    if (encoding !== "8bit" && encoding !== "binary") expectWellFormed(message);
    const read = (await PostalMime.parse(message)).html ?? "";
    const url = links.clickUrl(`https://a.example/${text}`);
    expect(read.replaceAll("\r\n", "\n").trimEnd()).toBe(
      `<p title="${text}">${text}<a href="${url}">${text}</a></p>${pixel}`,
    );
  });
});

describe("charsets that are no superset of ASCII", () => {
  const html = '<p>日本語<a href="https://a.example/日本">x</a></p>';
  const changed = `<p>日本語<a href="${links.clickUrl("https://a.example/日本")}">x</a></p>${pixel}`;
  const big = (text: string) => Buffer.from(text, "utf16le").swap16();
  it.each([
    ["utf-16le", Buffer.from(html, "utf16le"), Buffer.from(changed, "utf16le")],
    ["utf-16", Buffer.from(`\ufeff${html}`, "utf16le"), Buffer.from(`\ufeff${changed}`, "utf16le")],
    ["utf-16", big(`\ufeff${html}`), big(`\ufeff${changed}`)],
    ["utf-16be", big(html), big(changed)],
  ])("%s", (charset, bytes, result) => {
    const message = trackMessage(mail(bytes, charset, "base64"), { opens: true, clicks: true, links }).toString();
    expect(Buffer.from(message.slice(message.indexOf("\r\n\r\n")), "base64").toString("hex")).toBe(
      result.toString("hex"),
    );
  });

  it("ISO-2022-JP, whose characters look like markup", async () => {
    // 件 is `7o`, 実 is `<B`, 〈 is `!R`, ペ is `%Z`.
    const jp = (codes: string) => `\u001b$B${codes}\u001b(B`;
    const body = (url: string, end: string) => `<p>${jp("<B<a")}<a href="${url}">${jp("7o")}</a></p>${end}`;
    const message = trackMessage(mail(Buffer.from(body("https://a.example/1", "")), "ISO-2022-JP", "7bit"), {
      opens: true,
      clicks: true,
      links,
    });
    expect(message.toString().split("\r\n\r\n")[1]?.trimEnd()).toBe(body(links.clickUrl("https://a.example/1"), pixel));
    expect((await PostalMime.parse(message)).html).toContain("件");
  });
});

describe("lines that tracking makes too long", () => {
  const url = `https://a.example/${"x".repeat(900)}`;
  it.each(["Content-Transfer-Encoding: 7bit\r\n", "Content-Transfer-Encoding: 8bit\r\n", ""])(
    "become quoted-printable: %j",
    async (field) => {
      const message = Buffer.from(
        `From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${field}Content-Type: text/html\r\n\r\n<p>=3D\r\n<a href="${url}">\r\n--b--\r\n`,
      );
      const changed = trackMessage(message, { opens: false, clicks: true, links });
      expectWellFormed(changed);
      expect(changed.toString().match(/content-transfer-encoding: .*/gi)).toEqual([
        "Content-Transfer-Encoding: quoted-printable",
      ]);
      const read = await PostalMime.parse(changed);
      expect(read.html?.trimEnd()).toBe(`<p>=3D\n<a href="${links.clickUrl(url)}">`);
    },
  );
});
