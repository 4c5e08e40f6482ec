import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bounceMail, complaintMail, plainMail, vacationMail } from "../../../test/support/returned-mails.ts";
import { createMessageId } from "../../events/message-id.ts";
import { encodeEvent } from "../../events/record.ts";
import { classifyMail } from "../../mail/bounce/returned-mail.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { isReportId, reportEvent, reportId } from "./report-event.ts";

const at = new Date("2026-11-24T08:00:00Z");
const sentAt = new Date("2026-11-24T06:00:00Z");
const message = {
  scope: defaultScope,
  messageId: createMessageId(sentAt),
  sentAt,
  recipient: "user@gmail.com",
  id: "id",
  at,
};
const eventOf = (mail: string, changes = {}) =>
  reportEvent(classifyMail(Buffer.from(mail)), { ...message, ...changes });

describe("the event of a report", () => {
  it("says of a bounce what the report says of its recipient", () => {
    expect(eventOf(bounceMail({ diagnostic: "smtp; 552 5.2.2 mailbox full", status: "5.2.2" }))).toEqual({
      ...message,
      type: "BOUNCE",
      bounceType: "Transient",
      bounceSubType: "MailboxFull",
      feedbackId: expect.any(String),
      action: "failed",
      status: "5.2.2",
      diagnosticCode: "smtp; 552 5.2.2 mailbox full",
      reportingMta: "dns; mx.example.net",
      remoteMtaIp: "192.0.2.26",
    });
  });

  it("says where its reason is a guess", () => {
    const mail = bounceMail({ diagnostic: "smtp; 550 nobody of that name has a box on this machine", status: "5.0.0" });
    expect(eventOf(mail)).toMatchObject({ bounceType: "Permanent", bounceSubType: "General", guessed: true });
  });

  it("is about its recipient, where mail was forwarded to another", () => {
    expect(eventOf(bounceMail({ recipient: "elsewhere@example.org" }))).toMatchObject({ recipient: "user@gmail.com" });
  });

  it("is not trusted if it names only another address, has an envelope sender or a bad signature, or comes late", () => {
    const origin = { nullSender: true, forged: false };
    const distrust = (mail: string, changes = {}, of = {}) => {
      const event = reportEvent(classifyMail(Buffer.from(mail)), { ...message, ...changes }, { ...origin, ...of });
      return event?.type === "DELIVERY_DELAY" ? "delay" : event?.distrusted;
    };
    expect(distrust(bounceMail())).toBeUndefined();
    expect(distrust(bounceMail({ recipient: "User@GMail.com" }))).toBeUndefined();
    expect(distrust(bounceMail({ recipient: "elsewhere@example.org" }))).toBe("other-recipient");
    expect(distrust(bounceMail({ recipient: "user@gmail.com.example.org" }))).toBe("other-recipient");
    const forwarded = bounceMail({ recipient: "elsewhere@example.org" });
    const original = "Original-Recipient: rfc822;user@gmail.com\nFinal-Recipient";
    expect(distrust(forwarded.replace("Final-Recipient", original))).toBeUndefined();
    const tagged = { recipient: "user+tag@xn--r8jz45g.jp" };
    expect(distrust(bounceMail({ recipient: "user+2Btag@XN--R8JZ45G.jp." }), tagged)).toBeUndefined();
    expect(distrust(bounceMail(), {}, { nullSender: false })).toBe("sender");
    expect(distrust(bounceMail(), {}, { forged: true })).toBe("signature");
    expect(distrust(complaintMail("X-Own: header"), {}, { nullSender: false })).toBeUndefined();
    expect(distrust(complaintMail("X-Own: header"), {}, { forged: true })).toBe("signature");
    const days = (count: number) => ({ at: new Date(sentAt.getTime() + count * 24 * 3600_000) });
    expect(distrust(bounceMail(), days(13))).toBeUndefined();
    expect(distrust(bounceMail(), days(15))).toBe("late");
    expect(distrust(complaintMail("X-Own: header"), days(90))).toBeUndefined();
  });

  it("has the types of complaints that SES has, and a time that can be", () => {
    const complaint = (type: string) => eventOf(complaintMail("X-Own: header", { type }));
    expect(complaint("fraud")).toMatchObject({ type: "COMPLAINT", complaintFeedbackType: "fraud" });
    expect(complaint("opt-out")).toMatchObject({ complaintFeedbackType: "other" });
    expect(complaint("abuse")).toMatchObject({ arrivalDate: new Date("2026-11-24T07:00:00Z") });
    const late = complaintMail("X-Own: header").replaceAll("2026 07:00:00", "2031 07:00:00");
    expect(eventOf(late)).toMatchObject({ arrivalDate: at });
  });

  it("is none of mail that tells of none", () => {
    expect(eventOf(plainMail)).toBeUndefined();
    expect(eventOf(bounceMail({ action: "delivered", status: "2.0.0", diagnostic: "smtp; 250 Ok" }))).toBeUndefined();
    expect(eventOf(vacationMail)).toMatchObject({ type: "BOUNCE", bounceType: "Transient", bounceSubType: "General" });
  });

  it("can be stored, whatever the report says, on lines without control characters", () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, (diagnostic, status, recipient) => {
        const event = eventOf(bounceMail({ diagnostic: `smtp; ${diagnostic}`, status, recipient }));
        if (event?.type !== "BOUNCE") return;
        expect(encodeEvent(event)).toMatch(/^\{.*\}\n$/);
        for (const said of [event.diagnosticCode, event.status, event.reportingMta, event.action]) {
          expect(said ?? "").not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });
});

describe("the id of a report", () => {
  const idOf = (mail: string, token = "b-token", kind = "bounce" as const) => reportId(kind, token, Buffer.from(mail));

  it("stays, whichever way the report comes again", () => {
    const mail = bounceMail();
    expect(idOf(mail)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isReportId(idOf(mail))).toBe(true);
    expect(idOf(`Received: from elsewhere\n${mail}`)).toBe(idOf(mail));
    expect(idOf(mail.replaceAll("\n", "\r\n"))).toBe(idOf(mail));
    expect(idOf(mail, "B-TOKEN")).toBe(idOf(mail));
  });

  it("is another for each report, recipient and kind", () => {
    const anonymous = plainMail.replace(/^Message-ID.*\n/m, "");
    const ids = [
      idOf(bounceMail()),
      idOf(bounceMail({ messageId: "<other@mx.example.net>" })),
      idOf(bounceMail(), "b-other"),
      reportId("delay", "b-token", Buffer.from(bounceMail())),
      idOf(anonymous),
      idOf(`${anonymous}more`),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
