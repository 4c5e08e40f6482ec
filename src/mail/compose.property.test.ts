import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { expectWellFormed, leafParts } from "../../test/support/strict-reader.ts";
import { parseAddress } from "./address.ts";
import { composeMessage, type MessageContent } from "./compose.ts";

const stamp = { messageId: "0100-id-000000@email.amazonses.com", date: new Date("2026-03-04T05:06:07.890Z") };

const minimal: MessageContent = {
  from: parseAddress("a@example.com"),
  to: [parseAddress("b@example.com")],
  cc: [],
  replyTo: [],
  subject: { data: "Hello" },
  text: { data: "Hi" },
  headers: [],
  attachments: [],
};

const written = (part: Partial<MessageContent>) => composeMessage({ ...minimal, ...part }).write(stamp);

const crlf = (text: string) => text.replace(/\r\n|\r|\n/g, "\r\n");
const lf = (text: string) => crlf(text).replaceAll("\r\n", "\n");

describe("whatever comes in, comes back", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 120 }),
    fc.string({
      unit: fc.constantFrom("a", " ", "\r\n", "\n", "\r", "\t", "=", ".", "é", "日", "--", "=?utf-8?Q?", "😀"),
    }),
  );
  const charset = fc.constantFrom(undefined, "UTF-8", "ISO-8859-1", "Shift_JIS", "windows-1251", "nonsense");
  // Line breaks are canonical in a text; NUL is a character no reader promises to keep.
  const readable = (value: string) => lf(value.toWellFormed());

  test("text and HTML", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, charset, async (plain, html, declared) => {
        const message = written({ text: { data: plain, charset: declared }, html: { data: html, charset: declared } });
        expectWellFormed(message);
        const mail = await PostalMime.parse(message);
        expect([readable(plain), `${readable(plain)}\n`]).toContain(lf(mail.text ?? ""));
        expect([readable(html), `${readable(html)}\n`]).toContain(lf(mail.html ?? ""));
        const parts = leafParts(message);
        expect(parts.map((part) => part.type)).toEqual(["text/plain", "text/html"]);
        if (declared === undefined) {
          const texts = parts.map((part) => part.bytes.toString());
          expect(texts).toEqual([crlf(plain.toWellFormed()), crlf(html.toWellFormed())]);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  test("subject", async () => {
    await fc.assert(
      fc.asyncProperty(text, charset, async (data, declared) => {
        const message = written({ subject: { data, charset: declared } });
        expectWellFormed(message);
        const mail = await PostalMime.parse(message);
        expect(mail.subject ?? "").toBe(data.toWellFormed());
      }),
      { numRuns: runs(400) },
    );
  });

  test("display names", async () => {
    // Names as they come from parseAddress: without control characters, trimmed, not empty.
    const name = text.map((value) =>
      value
        .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
        .trim()
        .toWellFormed(),
    );
    const names = fc.array(name, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        const to = all.map((one, i) => ({
          ...parseAddress(`u${i}@example.com`),
          displayName: one === "" ? undefined : one,
        }));
        const message = written({ to });
        expectWellFormed(message);
        const mail = await PostalMime.parse(message);
        expect(mail.to).toEqual(to.map((one) => ({ name: one.displayName ?? "", address: one.address })));
      }),
      { numRuns: runs(400) },
    );
  });

  test("files", async () => {
    const fileName = text.map((value) =>
      value
        .replace(/[/\\:*?"<>|\p{Cc}\u2028\u2029]/gu, "")
        .trim()
        .slice(0, 80),
    );
    const file = fc.record({
      fileName: fileName.map((value) => `n${value.toWellFormed()}.bin`),
      content: fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.string({ unit: "grapheme-ascii", maxLength: 400 }).map((value) => Buffer.from(crlf(value))),
      ),
      transferEncoding: fc.constantFrom("base64", "quoted-printable", "7bit", undefined),
      disposition: fc.constantFrom("attachment", "inline", undefined),
      contentType: fc.constant("application/octet-stream"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (attachments) => {
        const message = written({ attachments });
        expectWellFormed(message);
        const [, ...files] = leafParts(message);
        expect(files.map((one) => one.bytes.toString("hex"))).toEqual(
          attachments.map((one) => Buffer.from(one.content).toString("hex")),
        );
        const mail = await PostalMime.parse(message);
        expect(mail.attachments.map((one) => one.filename)).toEqual(attachments.map((one) => one.fileName));
      }),
      { numRuns: runs(400) },
    );
  });
});
