import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { encodeText } from "../charset.ts";
import { withCrlfBytes } from "../line-endings.ts";
import { base64Length, quotedPrintable, writeBase64 } from "../transfer-encoding.ts";
import { findTrackable, trackMessage } from "./track-message.ts";

const click = "https://t.example/c";
const pixel = '<img src="https://t.example/o" alt="" width="1" height="1" style="border:0">';
const links = { tracks: () => true, clickUrl: () => click, openUrl: () => "https://t.example/o" };
const both = { opens: true, clicks: true, links };

const pieces = fc.constantFrom(
  ...'< > </ /> <a <A\t </a> href= href =\r\n" \' "https://a.example/x" \'http://b.example/?a=1&amp;b\' https://c.example/ mailto:x ses:no-track ses:tags="a:b" {{ses:openTracker}} {{x}} <!-- --> <!-- <body> </body> </html> <title> </title> <style> </style> <script> </script> <textarea> <plaintext> <![CDATA[ ]]> &amp; &#0; &#xD800; &notit; -- --b --b-- = =3D =\r\n \r\n é 日本 \0 \u2028 x'.split(
    " ",
  ),
  " ",
);
const hostileHtml = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(""));
const plainHtml = hostileHtml.map((html) => html.replaceAll(/<a|ses:|{{/gi, "x"));

const encoding = fc.constantFrom("7bit", "8bit", "quoted-printable", "base64");
const charset = fc.constantFrom("UTF-8", "windows-1251", "Shift_JIS", "nonsense");

function part(html: string, charset: string, encoding: string): Buffer {
  const { bytes } = encodeText(html.replaceAll(/\r\n|\r|\n/g, "\r\n"), charset);
  const header = `Content-Type: text/html; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  if (encoding === "base64") {
    const out = Buffer.alloc(base64Length(bytes.length));
    writeBase64(bytes, out, 0);
    return Buffer.concat([Buffer.from(header), out]);
  }
  return Buffer.concat([
    Buffer.from(header),
    encoding === "quoted-printable" ? Buffer.from(quotedPrintable(bytes, true)) : bytes,
  ]);
}

const multipart = (parts: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from(
      'From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="=_0f1e"\r\n\r\n',
    ),
    ...parts.flatMap((one) => [Buffer.from("--=_0f1e\r\n"), one, Buffer.from("\r\n")]),
    Buffer.from("--=_0f1e--\r\n"),
  ]);

/** A text without all that tracking adds or removes. In front of `--`, tracking leaves a space in place of what it removes. */
const bare = (html: string) =>
  html
    .replaceAll(pixel, "{{ses:openTracker}}")
    .replaceAll("{{ses:openTracker}}--", " --")
    .replaceAll("{{ses:openTracker}}", "")
    .replaceAll(/\bses:(?:no-track|tags)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?/gi, "")
    .replaceAll(/["']?https?:\/\/[^"'<>\s]*["']?/g, "")
    .replaceAll(/\s+/g, "");

describe("whatever the HTML", () => {
  test("other parts read as before", async () => {
    await fc.assert(
      fc.asyncProperty(hostileHtml, encoding, charset, async (html, transfer, declared) => {
        const text = Buffer.from("Content-Type: text/plain\r\n\r\n--b https://a.example/ {{ses:openTracker}}");
        const file = Buffer.from(
          `Content-Type: text/html; name=x\r\nContent-Disposition: attachment; filename=x\r\n\r\n<a href="https://a.example/">`,
        );
        const before = multipart([text, part(html, declared, transfer), file]);
        const after = trackMessage(before, both);
        const [was, is] = [await PostalMime.parse(before), await PostalMime.parse(after)];
        expect(is.text).toBe(was.text);
        expect(is.attachments).toEqual(was.attachments);
        expect(is.headers).toEqual(was.headers);
      }),
      { numRuns: runs(500) },
    );
  });

  test("it reads as before but for links, marks and pixel", async () => {
    await fc.assert(
      fc.asyncProperty(hostileHtml, encoding, charset, async (html, transfer, declared) => {
        const before = multipart([part(html, declared, transfer)]);
        const after = trackMessage(before, both);
        const [was, is] = [await PostalMime.parse(before), await PostalMime.parse(after)];
        if (after === before) return;
        expect(bare(is.html ?? "")).toBe(bare(was.html ?? ""));
        expect(is.html?.split(pixel)).toHaveLength(2);
      }),
      { numRuns: runs(500) },
    );
  });

  test("without links, marks and placeholders only the pixel is added", async () => {
    await fc.assert(
      fc.asyncProperty(plainHtml, encoding, charset, async (html, transfer, declared) => {
        const before = multipart([part(html, declared, transfer)]);
        expect(findTrackable(before, () => true).clicks).toBe(false);
        expect(trackMessage(before, { ...both, opens: false })).toBe(before);
        const is = await PostalMime.parse(trackMessage(before, both));
        expect((is.html ?? "").replace(pixel, "")).toBe((await PostalMime.parse(before)).html ?? "");
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("whatever the bytes", () => {
  const line = fc.oneof(
    fc.constantFrom(
      ...'Content-Type: text/html|Content-Type: multipart/mixed; boundary=b|Content-Type: multipart/signed; boundary=c|Content-Type: text/html; charset=utf-16|Content-Transfer-Encoding: base64|Content-Transfer-Encoding: quoted-printable|--b|--c|--b--|--c--||PGEgaHJlZj0iaHR0cHM6Ly9hLmV4YW1wbGUvIj4=|<a href="https://a.example/">|{{ses:openTracker}}|=|=3Ca href=3Dhttps://x.example=3E|{{ses:openTracker}}--b'.split(
        "|",
      ),
    ),
    fc.string({ maxLength: 20 }),
  );
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    fc.array(line, { maxLength: 40 }).map((lines) => Buffer.from(lines.join("\r\n"))),
  );

  test("it does not throw, and changes nothing where there is no HTML", () => {
    fc.assert(
      fc.property(anything, fc.boolean(), fc.boolean(), (bytes, opens, clicks) => {
        const message = withCrlfBytes(bytes);
        const after = trackMessage(message, { opens, clicks, links });
        if (!/text\/html/i.test(message.toString("latin1"))) expect(after).toBe(message);
      }),
      { numRuns: runs(3000) },
    );
  });

  // Were any of these not read in linear time, the suite would not end.
  test.each([
    ["tags", "<a ".repeat(1_300_000)],
    ["attributes", `<a ${"href=x ".repeat(550_000)}>`],
    ["unclosed quotes", '<a href="'.repeat(400_000)],
    ["placeholders", "{{ses:openTracker}}".repeat(200_000)],
    ["braces", "{{<b>".repeat(700_000)],
    ["comments", "<!--".repeat(1_000_000)],
    ["nesting", "<div>".repeat(700_000)],
    ["references", `<a href="https://a.example/${"&amp;".repeat(700_000)}">`],
    ["white space", `<a href="${" ".repeat(3_900_000)}x">`],
    ["escapes", "\u001b$B".repeat(1_000_000)],
    ["soft breaks", "=\r\n".repeat(1_000_000)],
  ])("four megabytes of %s", (_, html) => {
    for (const fields of ["", "; charset=iso-2022-jp", "\r\nContent-Transfer-Encoding: quoted-printable"]) {
      const message = Buffer.from(`Content-Type: text/html${fields}\r\n\r\n${html}`);
      expect(trackMessage(message, both).length).toBeGreaterThan(0);
    }
  });
});
