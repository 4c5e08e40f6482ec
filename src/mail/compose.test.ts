import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { expectWellFormed } from "../../test/support/strict-reader.ts";
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

const compose = (part: Partial<MessageContent>) => composeMessage({ ...minimal, ...part });
const written = (part: Partial<MessageContent>) => compose(part).write(stamp);
const parsed = (part: Partial<MessageContent>) =>
  PostalMime.parse(written(part), { attachmentEncoding: "arraybuffer" });

describe("what is refused", () => {
  const file = { fileName: "a.txt", content: Buffer.from("x") };
  test.each<[string, Partial<MessageContent>]>([
    ["A message needs a text or an HTML body.", { text: undefined }],
    ["Illegal header 'X Y'.", { headers: [{ name: "X Y", value: "z" }] }],
    ["Illegal header 'X:Y'.", { headers: [{ name: "X:Y", value: "z" }] }],
    ["Illegal header ''.", { headers: [{ name: "", value: "z" }] }],
    ["Illegal header 'X??Bcc'.", { headers: [{ name: "X\r\nBcc", value: "z" }] }],
    ["Header 'X' has a value that is not printable ASCII.", { headers: [{ name: "X", value: "a\r\nBcc: b@c.d" }] }],
    ["Header 'X' has a value that is not printable ASCII.", { headers: [{ name: "X", value: "é" }] }],
    ["Header 'X' has more than 996 characters with its value.", { headers: [{ name: "X", value: "v".repeat(996) }] }],
    ["Header 'bCC' cannot be set as a custom header.", { headers: [{ name: "bCC", value: "b@c.d" }] }],
    ["Header 'Content-Type' cannot be set as a custom header.", { headers: [{ name: "Content-Type", value: "x" }] }],
    [
      "Duplicate header 'list-unsubscribe'.",
      {
        headers: [
          { name: "List-Unsubscribe", value: "<x>" },
          { name: "list-unsubscribe", value: "<y>" },
        ],
      },
    ],
    ['Illegal filename "../a".', { attachments: [{ ...file, fileName: "../a" }] }],
    ['Illegal filename "a\\r\\nX: y".', { attachments: [{ ...file, fileName: "a\r\nX: y" }] }],
    ["Message contains invalid content.", { attachments: [{ ...file, fileName: "a.EXE" }] }],
    ['Illegal content type "text".', { attachments: [{ ...file, contentType: "text" }] }],
    ['Illegal content type "a/b\\r\\nX: y".', { attachments: [{ ...file, contentType: "a/b\r\nX: y" }] }],
    ['Illegal content id "a b".', { attachments: [{ ...file, contentId: "a b" }] }],
    ['Illegal content id "a>\\r\\nX: y".', { attachments: [{ ...file, contentId: "a>\r\nX: y" }] }],
    ["The message has more than 500 MIME parts.", { attachments: Array.from({ length: 499 }, () => file) }],
  ])("%s", (message, part) => {
    expect(() => compose(part)).toThrow(expect.objectContaining({ name: "MailError", message }));
  });

  test("a stamp that would add a header", () => {
    expect(() => compose({}).write({ ...stamp, messageId: "x>\r\nBcc: <a@b" })).toThrow(RangeError);
  });
});

describe("fields", () => {
  test("each once, in ASCII, blind copies nowhere", () => {
    const fields = expectWellFormed(written({ cc: [parseAddress("c@d.e")], replyTo: [parseAddress("r@s.t")] }));
    expect(fields).toEqual(
      "Message-ID Date From To Cc Reply-To Subject MIME-Version Content-Type Content-Transfer-Encoding".split(" "),
    );
  });

  test("id and date are those of the stamp", async () => {
    const mail = await parsed({});
    expect(mail.messageId).toBe(`<${stamp.messageId}>`);
    expect(written({}).toString()).toContain("\r\nDate: Wed, 04 Mar 2026 05:06:07 +0000\r\n");
  });

  test("no To when there is none", () => {
    expect(expectWellFormed(written({ to: [] }))).not.toContain("To");
  });

  test("custom headers go out, those to SES do not", async () => {
    const headers = [
      { name: "List-Unsubscribe", value: "<https://example.com/u>, <mailto:u@example.com>" },
      { name: "X-Two", value: "1" },
      { name: "X-Two", value: "2" },
      { name: "X-SES-CONFIGURATION-SET", value: "secret" },
      { name: "X-Long", value: "word ".repeat(100).trim() },
      { name: "X-Solid", value: "w".repeat(980) },
      { name: "X-Spaces", value: " ".repeat(300) },
    ];
    const message = written({ headers });
    expectWellFormed(message);
    const mail = await PostalMime.parse(message);
    const values = (name: string) => mail.headers.filter((header) => header.originalKey === name).map((h) => h.value);
    expect(values("List-Unsubscribe")).toEqual(["<https://example.com/u>, <mailto:u@example.com>"]);
    expect(values("X-Two")).toEqual(["1", "2"]);
    expect(values("X-Long")).toEqual(["word ".repeat(100).trim()]);
    expect(values("X-Solid")).toEqual(["w".repeat(980)]);
    expect(message.toString().toLowerCase()).not.toContain("x-ses");
  });

  test("50 recipients are folded into lines of at most 78", () => {
    const to = Array.from({ length: 50 }, (_, i) => parseAddress(`Somebody Number ${i} <somebody.${i}@example.com>`));
    const head = written({ to }).toString().split("\r\n\r\n")[0] ?? "";
    for (const line of head.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
  });
});

describe("bodies", () => {
  const encodingOf = (message: Buffer) => /Content-Transfer-Encoding: (\S+)/.exec(message.toString())?.[1];
  test.each([
    ["ascii", "7bit"],
    ["quite a little é", "quoted-printable"],
    ["日本語テキスト", "base64"],
    ["x".repeat(999), "quoted-printable"],
    ["nul \0 byte", "quoted-printable"],
  ])("%j goes as %s", async (data, encoding) => {
    const message = written({ text: { data } });
    expect(encodingOf(message)).toBe(encoding);
    expectWellFormed(message);
  });

  test.each([
    ["ISO-8859-1", "Größe", "ISO-8859-1"],
    ["iso-8859-1", "5 €", "UTF-8"],
    ["US-ASCII", "plain", "US-ASCII"],
    ["US-ASCII", "é", "UTF-8"],
    ["windows-1252", "5 €", "windows-1252"],
    ["Shift_JIS", "こんにちは", "shift_jis"],
    ["EUC-KR", "안녕하세요", "euc-kr"],
    ["UTF-16", "hello", "UTF-8"],
    ["ISO-2022-JP", "こんにちは", "UTF-8"],
    ["x\r\nBcc: a@b.c", "é", "UTF-8"],
  ])("declared %j, text %j: sent in %s, and read back", async (charset, data, sent) => {
    const message = written({ subject: { data, charset }, text: { data, charset } });
    expect(message.toString()).toContain(`charset=${sent}\r\n`);
    expectWellFormed(message);
    const mail = await PostalMime.parse(message);
    expect(mail.text?.trimEnd()).toBe(data);
    expect(mail.subject).toBe(data);
  });

  test("text and HTML are alternatives, in that order", () => {
    const message = written({ html: { data: "<b>Hi</b>" } }).toString();
    expect(message).toMatch(/multipart\/alternative.*text\/plain.*text\/html/s);
  });

  test("an inline file with an id stands beside the HTML, other files around both", async () => {
    const attachments = [
      { fileName: "logo.png", content: Buffer.from([1, 2, 3]), disposition: "inline" as const, contentId: "logo" },
      { fileName: "a.pdf", content: Buffer.from("pdf"), description: "Größe", contentId: "<x@y>" },
    ];
    const message = written({ html: { data: '<img src="cid:logo">' }, attachments });
    expect(message.toString().match(/multipart\/\w+/g)).toEqual([
      "multipart/mixed",
      "multipart/alternative",
      "multipart/related",
    ]);
    const mail = await PostalMime.parse(message);
    expect(mail.attachments).toMatchObject([
      { filename: "logo.png", mimeType: "image/png", disposition: "inline", contentId: "<logo>", related: true },
      { filename: "a.pdf", mimeType: "application/pdf", disposition: "attachment", description: "Größe" },
    ]);
  });

  test("a forwarded message is not encoded, and never one that claims to be a multipart", () => {
    const content = Buffer.from("Subject: inner\r\n\r\nhello\r\n");
    const eml = written({ attachments: [{ fileName: "a.eml", content }] }).toString();
    expect(eml).toContain("message/rfc822\r\nContent-Transfer-Encoding: 7bit");
    const fake = written({ attachments: [{ fileName: "a", content, contentType: "multipart/mixed; boundary=x" }] });
    expect(fake.toString()).toContain("application/octet-stream\r\nContent-Transfer-Encoding: base64");
  });

  test("the size is that of the message without id and date", () => {
    const message = compose({ attachments: [{ fileName: "a", content: Buffer.alloc(1000, 7) }] });
    const text = message.write(stamp).toString();
    expect(message.size).toBe(text.length - text.indexOf("From:"));
  });
});
