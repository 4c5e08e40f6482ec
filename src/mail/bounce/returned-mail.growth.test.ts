import { describe, it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import {
  filled,
  hostileHeaders,
  hostileStructures,
  hostileTags,
  htmlMail,
  numbered,
} from "../../../test/support/hostile-mails.ts";
import { classifyReply } from "./reply.ts";
import { classifyMail } from "./returned-mail.ts";

const header = "From: mailer-daemon@example.com\nSubject: Undelivered Mail Returned to Sender\n";
const report = (type: string, body: string) =>
  Buffer.from(`${header}Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: ${type}\n\n${body}`, "latin1");
const text = (body: string) => Buffer.from(`${header}\n${body}`);

const reports: Readonly<Record<string, (size: number) => Buffer>> = {
  recipients: (size) =>
    report(
      "message/delivery-status",
      numbered((one) => `Final-Recipient: rfc822; a${one}@b.org\nAction: failed\nStatus: 5.1.1\n\n`, size),
    ),
  "a folded diagnostic": (size) =>
    report(
      "message/delivery-status",
      `Final-Recipient: rfc822; a@b.org\nDiagnostic-Code: x\n${filled(" 550\n", size)}`,
    ),
  "an open comment in a status": (size) =>
    report("message/delivery-status", `Final-Recipient: rfc822; a@b.org\nStatus: ${filled("(", size)}\n`),
  complainers: (size) =>
    report("message/feedback-report", `Feedback-Type: abuse\n${filled("Original-Rcpt-To: a@b.org\n", size)}`),
  "fields of the returned message": (size) => report("text/rfc822-headers", filled("X-Field: < a\n", size)),
  "addresses in the text": (size) => text(numbered((one) => `a${one}@b.org: 550 5.1.1 unknown\n`, size)),
  "lists of recipients": (size) => text(filled("The following addresses had permanent fatal errors\n a@b\n", size)),
  "returned headers without end": (size) => text(filled("Received: x\n y", size)),
  "an indented original": (size) => text(`--- Original message ---\n        From: x\n${filled("        \n", size)}`),
  "codes without end": (size) => text(filled("550-5.1.1.", size)),
  "hosts without end": (size) => text(filled("a.b.", size)),
  "words in Chinese": (size) => text(`550 ${filled("\u6f22", size)}`),
  "quoted lines": (size) => text(filled(">\n", size)),
};

describe("a returned mail is classified in linear time", () => {
  it.each(Object.entries(hostileStructures))("%s", async (_, make) => {
    await expectLinear(make, classifyMail, { most: 1 << 18 });
  });

  it.each(Object.entries({ ...hostileHeaders, ...reports }))("%s", async (_, make) => {
    await expectLinear(make, classifyMail);
  });

  it.each(["open elements", "open pre", "references"])("HTML of %s", async (name) => {
    await expectLinear((size) => htmlMail(hostileTags[name]?.(size) ?? ""), classifyMail);
  });
});

describe("a reply is classified in linear time", () => {
  it.each(["5", "550-x\n", "5.1.1 ", "said: ", "<<< 550-x\n", "a.b.", "a@b ", "over ", "'", "\u6f22", " "])(
    "%j",
    async (piece) => {
      await expectLinear(
        (size) => `550 ${filled(piece, size)}`,
        (given) => classifyReply({ text: given, host: given }),
        { least: 2048 },
      );
    },
  );
});
