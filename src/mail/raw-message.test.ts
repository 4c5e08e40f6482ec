import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { parseAddress } from "./address.ts";
import { composeMessage } from "./compose.ts";
import { withCrlfBytes } from "./line-endings.ts";
import { readRawMessage } from "./raw-message.ts";

const stamp = { messageId: "0100-id-000000@email.amazonses.com", date: new Date("2026-03-04T05:06:07.890Z") };
const stamped = `Message-ID: <${stamp.messageId}>\r\nDate: Wed, 04 Mar 2026 05:06:07 +0000\r\n`;

const read = (...lines: string[]) => readRawMessage(Buffer.from(lines.join("\r\n"), "latin1"));
const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
const parts = (count: number) => Array.from({ length: count }, () => ["--b", "", "x"]).flat();

describe("what is refused", () => {
  test.each<[string, string[]]>([
    ["The headers are longer than 1048576 bytes.", ["From: a@b.c", `X: ${"x".repeat(1 << 20)}`, "", "body"]],
    [
      "The headers are longer than 1048576 bytes.",
      [
        "From: a@b.c",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        ...Array.from({ length: 20 }, () => `--b\r\nX: ${"x".repeat(60_000)}\r\n`),
      ],
    ],
    ["Missing required header 'From'.", [""]],
    ["Missing required header 'From'.", ["", "From: a@b.c", "", "body"]],
    ["Missing required header 'From'.", ["To: a@b.c", "", "body"]],
    ["Missing required header 'From'.", ["From:   ", "", "body"]],
    ["Illegal header 'just a text without header'.", ["just a text without header"]],
    ["Illegal header ' From'.", [" From: a@b.c", "", "body"]],
    ["Illegal header 'From a@b.c Mon Jan 1 00'.", ["From a@b.c Mon Jan 1 00:00:00 2026", "", "body"]],
    ["Illegal header 'X Y'.", ["From: a@b.c", "X Y: z", "", "body"]],
    ["Illegal header 'no colon'.", ["From: a@b.c", "no colon", "", "body"]],
    ["Illegal header 'X'.", ["From: a@b.c", "X: a\0b", "", "body"]],
    ["Illegal header 'X'.", ["From: a@b.c", "X: a\rBcc: b@c.d", "", "body"]],
    ["Illegal header 'X'.", ["From: a@b.c", "X: a\r", "", "body"]],
    ["Illegal header 'B?CC'.", ["From: a@b.c", "B\u00e9CC: a", "", "body"]],
    ["Empty header names are illegal.", ["From: a@b.c", ": x", "", "body"]],
    ["Duplicate header 'From'.", ["From: a@b.c", "From: a@b.c", "", "body"]],
    ["Duplicate header 'SUBJECT'.", ["From: a@b.c", "Subject: 1", "SUBJECT: 2", "", "body"]],
    ["Duplicate header 'DKIM-Signature'.", ["DKIM-Signature: 1", "DKIM-Signature: 2", "From: a@b.c", "", "body"]],
    ["Missing final '@domain'", ["From: a@b.c", "To: nobody", "", "body"]],
    ["A header has more than 1000 fields.", ["From: a@b.c", ...Array.from({ length: 1000 }, () => "X: y"), "", "body"]],
    ["Illegal header 'bad part'.", ["From: a@b.c", "Content-Type: multipart/mixed; boundary=b", "", "--b", "bad part"]],
    [
      "The message has more than 500 MIME parts.",
      ["From: a@b.c", "Content-Type: multipart/mixed; boundary=b", "", ...parts(500), "--b--"],
    ],
    [
      "Message contains invalid content.",
      ["From: a@b.c", 'Content-Disposition: attachment; filename="a.exe"', "", "body"],
    ],
    [
      "Message contains invalid content.",
      ["From: a@b.c", "Content-Type: text/plain; name==?utf-8?Q?=C3=A4=2Ejs?=", "", "body"],
    ],
  ])("%s", (message, lines) => {
    expect(() => read(...lines)).toThrow(expect.objectContaining({ name: "MailError", message }));
  });

  test("500 parts with the message itself are taken", () => {
    expect(() => read("From: a@b.c", "Content-Type: multipart/mixed; boundary=b", "", ...parts(499))).not.toThrow();
  });
});

describe("what is read", () => {
  test("addresses, folded or several times; the subject decoded", () => {
    const mail = read(
      "FROM: Somebody",
      " <a@b.c>",
      'To: "Doe, J." <d@e.f>,',
      "\tg@h.i",
      "to: j@k.l",
      "Cc: m@n.o",
      "Bcc: p@q.r",
      "Reply-To: s@t.u",
      "Return-Path: <bounce@b.c>",
      "Subject: =?utf-8?Q?J=C3=B6?=",
      " =?utf-8?Q?rg?=",
      "Received: by one",
      "Received: by two",
      "",
      "body",
    );
    expect(mail.from).toBe("Somebody <a@b.c>");
    expect(mail.to.map((one) => one.address)).toEqual(["d@e.f", "g@h.i", "j@k.l"]);
    expect(mail.cc.map((one) => one.address)).toEqual(["m@n.o"]);
    expect(mail.bcc.map((one) => one.address)).toEqual(["p@q.r"]);
    expect(mail.replyTo.map((one) => one.address)).toEqual(["s@t.u"]);
    expect(mail.returnPath?.address).toBe("bounce@b.c");
    expect(mail.subject).toBe("Jörg");
  });

  test("no subject, an empty one, one in bare UTF-8 or Latin-1", () => {
    expect(read("From: a@b.c", "", "").subject).toBeUndefined();
    expect(read("From: a@b.c", "Subject:", "", "").subject).toBeUndefined();
    expect(readRawMessage(Buffer.from("From: a@b.c\nSubject: Grün\n\n")).subject).toBe("Grün");
    expect(read("From: a@b.c", "Subject: Gr\u00fcn", "", "").subject).toBe("Grün");
  });

  test("an empty return path is none", () => {
    expect(read("From: a@b.c", "Return-Path: <>", "", "").returnPath).toBeUndefined();
    expect(() => read("From: a@b.c", "Return-Path: nobody", "", "")).toThrow("Missing final '@domain'");
  });

  test("fields for SES", () => {
    const mail = read("From: a@b.c", "X-SES-CONFIGURATION-SET: one", "x-ses-message-tags: a=b,", " c=d", "", "");
    expect([...mail.sesFields]).toEqual([
      ["x-ses-configuration-set", "one"],
      ["x-ses-message-tags", "a=b, c=d"],
    ]);
  });

  test("whether there is HTML, in nested parts too", () => {
    const nested = [
      "From: a@b.c",
      'Content-Type: multipart/mixed; boundary="out er"',
      "",
      "--out er",
      "Content-Type: multipart/alternative;",
      " boundary=inner",
      "",
      "--inner",
      "",
      "<text/html> in a text",
      "--inner",
      "Content-Type: TEXT/HTML",
      "",
      "<p>",
      "--inner--",
      "--out er--",
    ];
    expect(read(...nested).hasHtml).toBe(true);
    expect(read(...nested.filter((line) => line !== "Content-Type: TEXT/HTML")).hasHtml).toBe(false);
    expect(read("From: a@b.c", "Content-Type: text/html", "", "x").hasHtml).toBe(true);
    expect(read("From: a@b.c", "Content-Type: multipart/mixed", "", "Content-Type: text/html").hasHtml).toBe(false);
  });

  test("the test virus, in the open or encoded", () => {
    const base64 = Buffer.from(eicar).toString("base64").replace(/.{76}/g, "$&\r\n");
    const quoted = `${eicar.slice(0, 30)}=\r\n${eicar.slice(30)}`;
    const multipart = (encoding: string, body: string) =>
      read(
        "From: a@b.c",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "text",
        "--b",
        `Content-Transfer-Encoding: ${encoding}`,
        "",
        body,
        "--b--",
      );
    expect(read("From: a@b.c", "", `x ${eicar} y`).hasTestVirus).toBe(true);
    expect(multipart("Base64", base64).hasTestVirus).toBe(true);
    expect(multipart("quoted-printable", quoted).hasTestVirus).toBe(true);
    expect(multipart("7bit", base64).hasTestVirus).toBe(false);
    expect(read("From: a@b.c", "", eicar.slice(1)).hasTestVirus).toBe(false);
  });
});

describe("what is written", () => {
  const written = (data: string) => readRawMessage(Buffer.from(data, "latin1")).write(stamp).toString("latin1");

  test("id and date are SES's; Bcc, Return-Path and fields for SES are gone; the rest stays", () => {
    expect(
      written(
        "Received: x\r\nmessage-id: <mine@b.c>\r\nDate: yesterday\r\nFrom: a@b.c\r\nBCC: b@c.d,\r\n e@f.g\r\n" +
          "Return-Path: <a@b.c>\r\nX-SES-SOURCE-ARN: arn\r\nX-Odd:  kept\r\n\tas it is \r\n\r\nBcc: body\r\n",
      ),
    ).toBe(`${stamped}Received: x\r\nFrom: a@b.c\r\nX-Odd:  kept\r\n\tas it is \r\n\r\nBcc: body\r\n`);
  });

  test("lone line feeds and returns become CRLF", () => {
    expect(written("From: a@b.c\nX: y\n z\n\none\ntwo\rthree\r\nfour\n.\nMAIL FROM\r\r\n")).toBe(
      `${stamped}From: a@b.c\r\nX: y\r\n z\r\n\r\none\r\ntwo\r\nthree\r\nfour\r\n.\r\nMAIL FROM\r\n\r\n`,
    );
  });

  test("a header without a body", () => {
    expect(written("From: a@b.c")).toBe(`${stamped}From: a@b.c\r\n\r\n`);
    expect(written("From: a@b.c\n")).toBe(`${stamped}From: a@b.c\r\n\r\n`);
  });

  test("the size is that of the message without id and date", () => {
    const mail = readRawMessage(Buffer.from("From: a@b.c\nDate: x\n\nbody\n"));
    expect(mail.size).toBe(mail.write(stamp).length - stamped.length);
  });
});

test("line breaks are what a replacement of them in text gives", () => {
  const bytes = fc.array(fc.constantFrom("\r", "\n", "\r\n", "a", "é"), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, (pieces) => {
      const text = pieces.join("");
      expect(withCrlfBytes(Buffer.from(text)).toString()).toBe(text.replace(/\r\n|\r|\n/g, "\r\n"));
    }),
    { numRuns: runs(2000) },
  );
});

test("whatever comes in is refused with a text, or goes out without Bcc, with one id and CRLF alone", async () => {
  const piece = fc.constantFrom(
    ..."From: a@b.c|\r\n|\n|\r|\r\n\r\n|Bcc: x@y.z| |\t|:|X-SES-A: b|Subject: s|Message-ID: <1@2>|--b|\0|é".split("|"),
    "Content-Type: multipart/mixed; boundary=b\r\n",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 16 }), async (pieces) => {
      let message: Buffer;
      try {
        message = readRawMessage(Buffer.from(`From: a@b.c\r\n${pieces.join("")}`)).write(stamp);
      } catch (error) {
        expect(error).toMatchObject({ name: "MailError" });
        return;
      }
      expect(message.toString()).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
      const mail = await PostalMime.parse(message);
      expect(mail.bcc).toBeUndefined();
      expect(mail.messageId).toBe(`<${stamp.messageId}>`);
      expect(mail.headers.filter((header) => /^(?:x-ses-|bcc|return-path)/.test(header.key))).toEqual([]);
      expect(mail.headers.filter((header) => header.key === "message-id")).toHaveLength(1);
    }),
    { numRuns: runs(3000) },
  );
});

test("a composed message comes out of the rewrite as it went in", () => {
  const message = composeMessage({
    from: parseAddress("Jörg <a@b.c>"),
    to: [parseAddress("d@e.f")],
    cc: [],
    replyTo: [],
    subject: { data: "Grüße" },
    text: { data: "Text" },
    html: { data: "<p>" },
    headers: [],
    attachments: [{ fileName: "a.bin", content: Buffer.alloc(500, 200) }],
  }).write(stamp);
  const mail = readRawMessage(message);
  expect(mail.write(stamp).equals(message)).toBe(true);
  expect(mail).toMatchObject({ subject: "Grüße", hasHtml: true, hasTestVirus: false });
});

test("a message gets short lines where it has long ones; what is not sent may have any", () => {
  const tags = `X-SES-MESSAGE-TAGS: a=${"x".repeat(2_000)}`;
  const raw = readRawMessage(Buffer.from(`From: a@b.c\r\n${tags}\r\nSubject: hi\r\n\r\n${"word ".repeat(400)}\r\n`));
  const written = raw.write({ messageId: "id@b.c", date: new Date() }).toString();
  expect(Math.max(...written.split("\r\n").map(({ length }) => length))).toBeLessThanOrEqual(76);
  expect(written).toContain("Content-Transfer-Encoding: quoted-printable\r\n\r\nword word");
  expect(raw.sesFields.get("x-ses-message-tags")).toBe(`a=${"x".repeat(2_000)}`);
  expect(raw.size).toBe(written.length - written.indexOf("From:"));
  expect(() => readRawMessage(Buffer.from(`From: a@b.c\r\nX-Id: ${"x".repeat(2_000)}\r\n\r\nhi`))).toThrow(
    "The message has a line of more than 998 octets, which can't be sent.",
  );
});
