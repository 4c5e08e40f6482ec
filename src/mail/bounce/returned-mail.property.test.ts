import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { classifyReply } from "./reply.ts";
import { classifyMail, maxMailBytes } from "./returned-mail.ts";

const bounce = `Return-Path: <>
From: MAILER-DAEMON@mx.example.com
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<a@b.example>: host mx.b.example said: 550=205.1.1 User unknown (in reply to
    RCPT TO command)
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; a@b.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
--b
Content-Type: message/rfc822

Message-ID: <id@example.org>

--b--
`;

const folder = new URL("../../../../shared/bounces/eml/", import.meta.url);
const samples = [Buffer.from(bounce), Buffer.from(bounce.replaceAll("\n", "\r\n"))];
if (existsSync(folder)) {
  for (const name of readdirSync(folder)) samples.push(readFileSync(new URL(name, folder)));
} else {
  console.log(`no mails at ${folder.pathname}: only the test's own are mutated`);
}

/** What holds of any answer. */
function expectBounded(bytes: Uint8Array): void {
  const mail = classifyMail(bytes);
  expect(classifyMail(bytes)).toEqual(mail);
  const recipients = "recipients" in mail ? mail.recipients : [];
  expect(recipients.length).toBeLessThanOrEqual(500);
  for (const one of recipients) {
    expect(one.address?.length ?? 0).toBeLessThanOrEqual(400);
    expect(one.diagnosticCode?.length ?? 0).toBeLessThanOrEqual(2000);
    if (one.reply !== undefined) expect(one.reply).toMatch(/^[245][0-5]\d$/);
    if (one.status !== undefined) expect(one.status).toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/);
  }
  // An answer is small, whatever came: nothing of the mail is kept that nobody asked for.
  expect(JSON.stringify(mail).length).toBeLessThan(4_000_000);
}

describe("any bytes have an answer", () => {
  it("of noise", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => expectBounded(bytes)));
  });

  it("of the words and signs that mails are made of", () => {
    const token = fc.constantFrom(
      ..."\n|\n\n|\r\n| |\t|:|;|--b|--b--|<a@b.example>|550 5.1.1 |552-|user unknown|=|=?utf-8?Q?|?=|\u001b$B|\u001b(B".split(
        "|",
      ),
      ..."From: mailer-daemon|Subject: failure notice|Content-Type: multipart/mixed; boundary=b|Content-Type: text/html".split(
        "|",
      ),
      ..."Content-Type: message/delivery-status|Content-Type: message/feedback-report|Feedback-Type: abuse|<b>|</".split(
        "|",
      ),
      ...'Final-Recipient: rfc822; a@b.example|Action: failed|Status: 5.1.1|Diagnostic-Code: smtp; |\0|\xff|{"'.split(
        "|",
      ),
      ..."could not be delivered|Original message follows.|Content-Transfer-Encoding: base64|X-Failed-Recipients: ".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 80 }), (tokens) =>
        expectBounded(Buffer.from(tokens.join(""), "latin1")),
      ),
      { numRuns: runs(500) },
    );
  });

  it("of real mails that are cut, spliced and damaged", () => {
    const sample = fc.integer({ min: 0, max: samples.length - 1 }).map((index) => samples[index] ?? Buffer.alloc(0));
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const change = fc.record({ at: place, to: place, bytes: fc.uint8Array({ maxLength: 8 }) });
    fc.assert(
      fc.property(sample, sample, place, fc.array(change, { maxLength: 6 }), (one, other, cut, changes) => {
        let mail = Buffer.concat([
          one.subarray(0, Math.floor(one.length * cut)),
          other.subarray(Math.floor(other.length * cut)),
        ]);
        for (const { at, to, bytes } of changes) {
          const [start, end] = [at, Math.min(1, at + to / 50)].map((part) => Math.floor(part * mail.length));
          mail = Buffer.concat([mail.subarray(0, start), bytes, mail.subarray(end)]);
        }
        expectBounded(mail);
      }),
      { numRuns: runs(300) },
    );
  });

  const megabyte = (text: string) => text.repeat(Math.ceil(maxMailBytes / text.length));
  const of = ["From: mailer-daemon", "Subject: failure notice", "", ""].join("\n");
  const inParts = (count: number, part: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => part(i)).join("");
  it.each<[string, string]>([
    ["one header field", megabyte("X-Field: ")],
    ["header fields", megabyte("X: y\n")],
    ["folds", `Subject: ${megabyte("\n ")}`],
    ["encoded words", `Subject: ${megabyte("=?utf-8?B?QUFB?= ")}`],
    ["a boundary", `Content-Type: multipart/mixed; boundary=${megabyte("b")}`],
    ["parameters", `Content-Type: multipart/mixed${megabyte("; boundary")}`],
    ["nested multiparts", inParts(20_000, (i) => `Content-Type: multipart/mixed; boundary="b${i}"\n\n--b${i}\n`)],
    ["parts", `Content-Type: multipart/mixed; boundary=b\n\n${megabyte("--b\n\nfailed\n")}`],
    [
      "delimiters that look like fields",
      `Content-Type: multipart/mixed; boundary="a:"\n\n${megabyte('--a:\nContent-Type: multipart/mixed; boundary="a:"\n')}`,
    ],
    ["dashes", `Content-Type: multipart/mixed; boundary=b\n${megabyte("\n--")}`],
    ["empty lines", of + megabyte("\n")],
    ["spaces", of + megabyte(`${" ".repeat(3990)}\n`)],
    ["addresses", of + megabyte("a@")],
    ["recipients", of + inParts(30_000, (i) => `<a${i}@b.example>: 550 5.1.1 user unknown\n`)],
    ["one recipient's lines", of + megabyte("<a@b.example>: 550 5.1.1 user unknown\n")],
    ["codes", of + megabyte("550 5.1.1 ")],
    ["first words of phrases", of + megabyte("user mailbox account address domain recipient the host ")],
    ["phrases with a gap", of + megabyte("exceeds account mailbox user exceeded ")],
    ["quoted-printable", `Content-Transfer-Encoding: quoted-printable\n${of}${megabyte("= \t=")}`],
    ["HTML", `Content-Type: text/html\n${of}${megabyte("<div>")}`],
    ["angle brackets", `Content-Type: text/html\n${of}${megabyte("<")}`],
    ["JSON", `From: x@sns.example\n\n{"notificationType":${megabyte("[")}`],
    [
      "groups of a status",
      `Content-Type: message/delivery-status\n${of}${inParts(20_000, (i) => `Final-Recipient: rfc822; a${i}@b.example\nAction: failed\n\n`)}`,
    ],
    [
      "a field of a status",
      `Content-Type: message/delivery-status\n${of}Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: x${megabyte("\n y")}`,
    ],
    [
      "complainers",
      `Content-Type: message/feedback-report\n${of}Feedback-Type: abuse\n${inParts(20_000, (i) => `Original-Rcpt-To: a${i}@b.example\n`)}`,
    ],
  ])("of a megabyte of %s", (_, mail) => {
    expectBounded(Buffer.from(mail));
  });
});

it("any reply has a meaning", () => {
  const word = fc.constantFrom(
    "550",
    "5.1.1",
    "-",
    "user",
    "unknown",
    "mailbox",
    "full",
    "\n",
    "<<<",
    "é",
    "\0",
    "*",
    "#",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(text, fc.option(text, { nil: undefined }), (said, host) => {
      expect(["Permanent", "Transient", "Undetermined"]).toContain(classifyReply({ text: said, host }).bounceType);
    }),
    { numRuns: runs(500) },
  );
});
