/** Mail that comes back over SMTP, and the events that it makes. */

import { GetSuppressedDestinationCommand } from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { type InboundServer, returnDomain, type Sent, startInboundServer } from "./support/inbound-server.ts";
import { bounceMail, complaintMail, plainMail, vacationMail } from "./support/returned-mails.ts";
import { insightsOf, told } from "./support/sent-mail.ts";

let inbound: InboundServer;

beforeAll(async () => {
  inbound = await startInboundServer();
});
afterAll(() => inbound.close());

const taken = "250 2.6.0 Ok";

/** The events of a message besides SEND and DELIVERY. */
async function returned(id: string, of = inbound) {
  const rows = await readHistory(of.server, id);
  return rows
    .filter(({ type }) => type !== "SEND" && type !== "DELIVERY")
    .map(({ details, ...row }) => ({ ...row, details: details ? JSON.parse(details) : undefined }));
}

describe("a bounce", () => {
  it("is an event of its recipient, with what the report says, and suppresses the address", async () => {
    const { id, recipient, returnPath } = await inbound.sent();
    expect(await inbound.deliver(returnPath, bounceMail({ recipient }))).toBe(taken);
    expect(told(await insightsOf(inbound.server, id))).toEqual([
      [
        recipient,
        [
          ["SEND"],
          ["DELIVERY"],
          [
            "BOUNCE",
            "PERMANENT",
            "GENERAL",
            "smtp; 550 5.1.1 The email account that you tried to reach does not exist",
          ],
        ],
      ],
    ]);
    const [bounce] = await returned(id);
    expect(bounce?.details).toEqual({
      feedbackId: expect.stringMatching(/^0100[0-9a-f]{12}-/),
      action: "failed",
      status: "5.1.1",
      reportingMTA: "dns; mx.example.net",
      remoteMtaIp: "192.0.2.26",
    });
    const suppressed = await inbound.server.client.send(
      new GetSuppressedDestinationCommand({ EmailAddress: recipient }),
    );
    expect(suppressed.SuppressedDestination).toMatchObject({
      Reason: "BOUNCE",
      Attributes: { MessageId: id, FeedbackId: bounce?.details.feedbackId },
    });
  });

  it("is of the recipient whose return path it came to, whomever it names", async () => {
    const to = ["one@example.com", "two@example.com", "three@example.com"];
    const { id, returnPath } = await inbound.sent({ Destination: { ToAddresses: to } }, 1);
    const mail = bounceMail({ recipient: "one@example.com" });
    expect(await inbound.deliver(returnPath.toUpperCase(), mail)).toBe(taken);
    expect((await returned(id)).map(({ recipient, type }) => [recipient, type])).toEqual([
      ["two@example.com", "BOUNCE"],
    ]);
  });

  it("counts once, however often it comes, and at the same time", async () => {
    const { id, returnPath } = await inbound.sent();
    const again = bounceMail().replace("relay.example.net;", "other-relay.example.net;");
    const replies = await Promise.all(
      [bounceMail(), again, bounceMail()].map((mail) => inbound.deliver(returnPath, mail)),
    );
    expect(replies).toEqual([taken, taken, taken]);
    expect(await inbound.deliver(returnPath, again)).toBe(taken);
    expect(await returned(id)).toHaveLength(1);
    // Another report of the same recipient is another event.
    expect(await inbound.deliver(returnPath, bounceMail({ messageId: "<other@mx.example.net>" }))).toBe(taken);
    expect(await returned(id)).toHaveLength(2);
  });

  it("for now is a delay", async () => {
    const { id, returnPath } = await inbound.sent();
    const mail = bounceMail({ action: "delayed", status: "4.4.1", diagnostic: "smtp; connect: timed out" });
    expect(await inbound.deliver(returnPath, mail)).toBe(taken);
    const [event] = await returned(id);
    expect(event).toMatchObject({ type: "DELIVERY_DELAY", details: { status: "4.4.1" } });
    expect(Date.parse(event?.details.expirationTime)).toBeGreaterThan(Date.now());
  });

  it("is one of few: who got a mail can't make events without end", async () => {
    const { id, returnPath } = await inbound.sent();
    for (let n = 0; n < 25; n++) {
      expect(await inbound.deliver(returnPath, bounceMail({ messageId: `<${n}@mx.example.net>` }))).toBe(taken);
    }
    expect(await returned(id)).toHaveLength(20);
  });
});

describe("an automatic answer", () => {
  it("is a transient bounce, as SES has it", async () => {
    const { id, returnPath } = await inbound.sent();
    expect(await inbound.deliver(returnPath, vacationMail)).toBe(taken);
    expect(await returned(id)).toMatchObject([
      { type: "BOUNCE", bounce_type: "Transient", bounce_sub_type: "General", diagnostic: "" },
    ]);
  });

  it("of a person is none, and makes no event", async () => {
    const { id, returnPath } = await inbound.sent();
    expect(await inbound.deliver(returnPath, plainMail)).toBe(taken);
    expect(await returned(id)).toEqual([]);
  });
});

describe("a complaint", () => {
  it("is an event of the message that it proves to know: by the header, the return path, or where it came to", async () => {
    for (const headers of [
      ({ token }: Sent) => `X-Mailglass-Message: ${token}`,
      // As earlier versions wrote it.
      ({ returnPath }: Sent) => `X-Mailglass-Message: ${returnPath.split("@")[0]}`,
      ({ returnPath }: Sent) => `Return-Path: <${returnPath}>`,
    ]) {
      const sent = await inbound.sent();
      const { id, recipient } = sent;
      expect(await inbound.deliver(`fbl@${returnDomain}`, complaintMail(headers(sent)))).toBe(taken);
      const [event, ...others] = await returned(id);
      expect(others).toEqual([]);
      expect(event).toMatchObject({ type: "COMPLAINT", recipient, complaint_feedback_type: "abuse" });
      expect(event?.details).toMatchObject({ userAgent: "SomeGenerator/1.0", arrivalDate: expect.any(String) });
    }
    const { id, returnPath } = await inbound.sent();
    expect(await inbound.deliver(returnPath, complaintMail("X-Nothing: known"))).toBe(taken);
    expect(await returned(id)).toMatchObject([{ type: "COMPLAINT" }]);
  });

  it("that anybody could have written makes no event", async () => {
    const { id, returnPath } = await inbound.sent();
    const forged = `${returnPath.slice(0, 20)}${returnPath[20] === "a" ? "b" : "a"}${returnPath.slice(21)}`;
    for (const headers of [
      `Message-ID: <${id}@us-east-1.mailglass>`,
      `Return-Path: <${forged}>\nX-Mailglass-Message: ${forged.split("@")[0]}`,
    ]) {
      for (const to of [`fbl@${returnDomain}`, `abuse@${returnDomain}`, `complaints@${returnDomain}`]) {
        expect(await inbound.deliver(to, complaintMail(headers))).toBe(taken);
      }
    }
    expect(await returned(id)).toEqual([]);
  });

  it("is not made of a bounce that comes to the addresses for complaints", async () => {
    const { id, returnPath, token } = await inbound.sent();
    const header = `Return-Path: <${returnPath}>\nX-Mailglass-Message: ${token}\n`;
    const mail = bounceMail().replace("Subject: hello", `${header}Subject: hello`);
    expect(await inbound.deliver([`fbl@${returnDomain}`, "postmaster", `postmaster@${returnDomain}`], mail)).toBe(
      taken,
    );
    expect(await returned(id)).toEqual([]);
  });
});

describe("forwarding", () => {
  it("tells the sender by mail, with the report", async () => {
    const wanting = await startInboundServer({ feedback: true });
    const { id, recipient, returnPath } = await wanting.sent({ FeedbackForwardingEmailAddress: "bounces@example.com" });
    expect(await wanting.deliver(returnPath, bounceMail())).toBe(taken);
    expect(await wanting.deliver(returnPath, bounceMail())).toBe(taken);
    expect(wanting.forwarded.map(({ from, to }) => ({ from, to }))).toEqual([
      { from: "MAILER-DAEMON@mail.example.com", to: "bounces@example.com" },
    ]);
    const mail = await PostalMime.parse(wanting.forwarded[0]?.mime ?? "", { forceRfc822Attachments: true });
    expect(mail).toMatchObject({
      from: { name: "Mail Delivery Subsystem", address: "MAILER-DAEMON@mail.example.com" },
      to: [{ address: "bounces@example.com" }],
      subject: "Delivery Status Notification (Failure)",
      text: expect.stringContaining(recipient),
    });
    expect(mail.text).toContain(id);
    const types = mail.attachments.map(({ mimeType }) => mimeType);
    expect(types).toEqual(["message/delivery-status", "message/rfc822"]);
    const original = mail.attachments[1]?.content;
    expect(
      Buffer.from(original instanceof ArrayBuffer ? new Uint8Array(original) : (original ?? "")).toString(),
    ).toContain("Subject: Undelivered Mail Returned to Sender");
    const other = await wanting.sent();
    expect(await wanting.deliver(other.returnPath, complaintMail("X-No: thing"))).toBe(taken);
    expect(wanting.forwarded[1]?.to).toBe("sender@example.com");
    await wanting.close();
  });
});

describe("what could not be recorded", () => {
  it("is not taken: the sender comes again", async () => {
    let broken = true;
    const failing = await startInboundServer({
      outbox: {
        record: (events, origin) =>
          broken ? Promise.reject(new Error("the disk is full")) : failing.server.outbox.record(events, origin),
      },
    });
    const { id, returnPath } = await failing.sent();
    expect(await failing.deliver(returnPath, bounceMail())).toBe("451 4.3.0 Temporary service failure");
    broken = false;
    expect(await failing.deliver(returnPath, bounceMail())).toBe(taken);
    expect(await returned(id, failing)).toHaveLength(1);
    await failing.close();
  });
});
