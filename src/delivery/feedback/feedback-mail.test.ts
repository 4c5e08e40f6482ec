import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import type { BounceEvent, ComplaintEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { feedbackMail } from "./feedback-mail.ts";

const sentAt = new Date("2026-11-24T06:00:00Z");
const messageId = createMessageId(sentAt);
const base = {
  id: "id",
  scope: defaultScope,
  messageId,
  sentAt,
  recipient: "user@example.com",
  at: new Date("2026-11-24T08:00:00Z"),
};
const bounce: BounceEvent = {
  ...base,
  type: "BOUNCE",
  bounceType: "Permanent",
  bounceSubType: "General",
  feedbackId: messageId,
  action: "failed",
  status: "5.1.1",
  diagnosticCode: "smtp; 550 5.1.1 unknown",
};
const complaint: ComplaintEvent = { ...base, type: "COMPLAINT", feedbackId: messageId, complaintFeedbackType: "abuse" };
const sent = {
  ...{
    scope: defaultScope,
    messageId,
    sentAt,
    recipient: "user@example.com",
    source: "sender@example.com",
    subject: "Grüße",
  },
  ...{
    identity: "example.com",
    configurationSet: undefined,
    tenant: undefined,
    feedbackAddress: undefined,
    events: [],
  },
};
const addresses = { from: "MAILER-DAEMON@mail.example.com", to: "sender@example.com", hostname: "mail.example.com" };

/** As a mail program reads it, reports as attachments. */
const read = (mime: Uint8Array) => PostalMime.parse(mime, { forceRfc822Attachments: true });

describe("the mail to the sender", () => {
  it("tells of a bounce in words and as a report", async () => {
    const mime = feedbackMail({ event: bounce, sent, report: Buffer.from("From: x\n\nreport\n"), ...addresses });
    const mail = await read(mime);
    expect(mail.text).toContain("user@example.com");
    expect(mail.text).toContain("550 5.1.1 unknown");
    expect(mail.text).toContain("Subject: Grüße");
    expect(mail.attachments.map(({ mimeType }) => mimeType)).toEqual(["message/delivery-status", "message/rfc822"]);
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: "auto-submitted", value: "auto-replied" }));
    expect(Buffer.from(mime).toString("latin1").replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("tells of a complaint likewise", async () => {
    const mail = await read(feedbackMail({ event: complaint, sent, report: undefined, ...addresses }));
    expect(mail.subject).toBe("Complaint about your mail");
    expect(mail.text).toContain("abuse");
    expect(mail.attachments.map(({ mimeType }) => mimeType)).toEqual(["message/feedback-report"]);
  });

  it("has the same header whatever strangers wrote", async () => {
    const text = fc.string({ unit: "binary", maxLength: 80 });
    const names = (mail: { headers: { key: string }[] }) => mail.headers.map(({ key }) => key);
    const usual = names(await read(feedbackMail({ event: bounce, sent, report: undefined, ...addresses })));
    await fc.assert(
      fc.asyncProperty(text, text, fc.uint8Array({ maxLength: 200 }), async (diagnosticCode, subject, report) => {
        const event = { ...bounce, diagnosticCode: `${diagnosticCode}\r\nBcc: victim@example.com` };
        const told = { ...sent, subject: `${subject}\r\n\r\n--` };
        const mail = await read(feedbackMail({ event, sent: told, report: Buffer.from(report), ...addresses }));
        expect(names(mail)).toEqual(usual);
        expect(mail.attachments.map(({ mimeType }) => mimeType)).toEqual(["message/delivery-status", "message/rfc822"]);
      }),
      { numRuns: runs(100) },
    );
  });
});
