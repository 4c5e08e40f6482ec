import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { beforeAll, describe, expect, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { bodyHashOf } from "./body-hash.ts";
import { keyRecord, keyRecordName } from "./key-record.ts";
import { generateDkimKey, publicKeyText } from "./keys.ts";
import { type DkimKey, dkimSignatures } from "./signature.ts";

const at = new Date("2026-11-24T10:00:00.500Z");
let own: DkimKey;
let other: DkimKey;
const records = new Map<string, string>();

beforeAll(async () => {
  const key = async (domain: string, selector: string, bits: 1024 | 2048) => {
    const made: KeyObject = await generateDkimKey(bits);
    records.set(keyRecordName(selector, domain), keyRecord(publicKeyText(made)));
    return { domain, selector, key: made };
  };
  own = await key("example.com", "own", 2048);
  other = await key("mail.example.net", "other", 1024);
});

/** What mailauth says of each signature. */
async function verdicts(message: Buffer): Promise<string[]> {
  const { results } = await dkimVerify(message, {
    resolver: async (name: string) => [[records.get(name) ?? ""]],
    curTime: at,
  });
  return results.map(({ status }) => status.result);
}

const signed = async (message: Buffer, keys = [own]) =>
  Buffer.concat([await dkimSignatures({ message, keys, at }), message]);

const header = [
  "From: Sender <sender@example.com>",
  "To: one@example.org,\r\n two@example.org",
  "Subject:  folded \t subject \r\n\tof   three \r\n  lines  ",
  "Date: Tue, 24 Nov 2026 10:00:00 +0000",
  "MIME-Version: 1.0",
].join("\r\n");

const multipart = [
  'Content-Type: multipart/alternative; boundary="b"',
  "",
  "--b",
  "Content-Type: text/plain",
  "",
  "plain ",
  "--b",
  "Content-Type: text/html",
  "",
  "<p>\t html</p>",
  "--b--",
  "",
];

describe("dkimSignatures", () => {
  test.each<[string, string | Buffer]>([
    ["a plain message", `${header}\r\nContent-Type: text/plain\r\n\r\nHello\r\nWorld\r\n`],
    ["many parts", `${header}\r\n${multipart.join("\r\n")}`],
    ["8bit", Buffer.from(`${header}\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße à\r\n…\r\n`)],
    ["8bit in the header", Buffer.from(`From: à <à@example.com>\r\nSubject: Voilà\r\nTo: \u00a0x à\r\n\r\nà\r\n`)],
    ["bytes that are no text", Buffer.from([...Buffer.from(`${header}\r\n\r\n`), 0, 255, 160, 32, 9, 128, 13, 10])],
    ["an empty body", `${header}\r\n\r\n`],
    ["no body", `${header}\r\n`],
    ["nothing but empty lines", `${header}\r\n\r\n\r\n\r\n\r\n`],
    ["nothing but white space", `${header}\r\n\r\n \t \r\n\t\r\n  \r\n`],
    ["empty lines at the end", `${header}\r\n\r\nHello\r\n\r\n \r\n\t\r\n\r\n`],
    ["an empty line first", `${header}\r\n\r\n\r\n Hello\r\n`],
    ["white space everywhere", `${header}\r\n\r\n  a  b\tc \t \r\n\t\td \r\n\r\n   \r\n e\r\n`],
    ["no line break at the end", `${header}\r\n\r\nHello`],
    ["a field twice", `${header}\r\nList-Id: <a>\r\nReply-To: a@b.c\r\nReply-To: d@e.f\r\n\r\nHello\r\n`],
    ["odd field names", `from : a@example.com\r\nSUBJECT:x\r\nto:\r\n\r\nHello\r\n`],
    ["a line of 998", `${header}\r\nX-Long: ${"x".repeat(990)}\r\n\r\n${"y ".repeat(499)}\r\n`],
    ["more than a block, clean", `${header}\r\n\r\n${`${"x".repeat(76)}\r\n`.repeat(30_000)}`],
    ["more than a block, with white space", `${header}\r\n\r\n${`\t${"x y".repeat(25)}\r\n`.repeat(30_000)}\r\n`],
  ])("of %s hold", async (_, message) => {
    expect(await verdicts(await signed(Buffer.from(message)))).toEqual(["pass"]);
  });

  test("several hold beside each other and share the body hash", async () => {
    const message = Buffer.from(`${header}\r\n${multipart.join("\r\n")}`);
    const bodyHash = await bodyHashOf(message);
    const fields = await dkimSignatures({ message, keys: [own, other], at, bodyHash });
    expect(fields).toEqual(await dkimSignatures({ message, keys: [own, other], at }));
    expect(await verdicts(Buffer.concat([fields, message]))).toEqual(["pass", "pass"]);
    expect(await dkimSignatures({ message, keys: [], at })).toEqual(Buffer.alloc(0));
  });

  test("are written as they are known from SES, in lines of 78", async () => {
    const message = Buffer.from(
      `X-Other: 1\r\nList-Unsubscribe: <https://u.example/>\r\nFeedback-ID: x\r\n${header}\r\nMessage-ID: <a@b>\r\n\r\nHi\r\n`,
    );
    const text = (await dkimSignatures({ message, keys: [own], at })).toString();
    const unfolded = text.replace(/\r\n(?=.)/g, "").replace(/b=(?!h)[ A-Za-z0-9+/=]+/, "b=...");
    expect(unfolded).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example.com; s=own; t=1795514400; h=From:From:To:Subject:Date:Message-ID:MIME-Version: List-Unsubscribe:Feedback-ID; bh=[A-Za-z0-9+/]{43}=; b=\.\.\.\r\n$/,
    );
    for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
    expect(text.endsWith("\r\n")).toBe(true);
  });

  test("a second From breaks them, as does another body or subject", async () => {
    const whole = (await signed(Buffer.from(`${header}\r\n\r\nHello\r\n`))).toString("latin1");
    const broken = [
      `From: evil@example.com\r\n${whole}`,
      whole.replace("Hello", "Hullo"),
      whole.replace("three", "four"),
      whole.replace("one@", "on@"),
    ];
    for (const message of broken) {
      expect(await verdicts(Buffer.from(message, "latin1"))).not.toContain("pass");
    }
  });

  test("of random messages hold, and none holds for another message", async () => {
    const piece = fc.constantFrom(" ", "\t", "\r\n", "\r\n\r\n", "a", "B ", " \r\n", "é", "=20", "\r\n ", "x\t\ty");
    const body = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
    const word = fc.constantFrom("a", "  b", "\tc", "\r\n d", "é", "à", " \r\n\te ", "; b=x", ":");
    const value = fc.array(word, { maxLength: 8 }).map((words) => words.join(""));
    await fc.assert(
      fc.asyncProperty(body, value, value, fc.nat(), async (text, subject, to, position) => {
        const message = Buffer.from(`From: a@example.com\r\nSubject:${subject}x\r\nTo: ${to}y\r\n\r\n${text}`);
        const whole = await signed(message);
        expect(await verdicts(whole)).toEqual(["pass"]);
        // A bit of the body's letters, which no canonicalization takes away.
        const altered = Buffer.concat([whole, Buffer.from("tail\r\n")]);
        expect(await verdicts(altered)).not.toContain("pass");
        const letters = [...message.keys()].filter((index) => /[aBx]/.test(String.fromCharCode(message[index] ?? 0)));
        const chosen = letters[position % letters.length];
        if (chosen === undefined) return;
        const flipped = Buffer.from(whole);
        const index = whole.length - message.length + chosen;
        flipped[index] = (flipped[index] ?? 0) ^ 0x10;
        expect(await verdicts(flipped)).not.toContain("pass");
      }),
      { numRuns: runs(150), seed: 20261124 },
    );
  });
});
