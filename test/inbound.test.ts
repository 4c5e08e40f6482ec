/** Mail that comes back over SMTP, and the events that it makes. */

import { generateKeyPairSync } from "node:crypto";
import { GetSuppressedDestinationCommand } from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { keyRecord } from "../src/mail/dkim/key-record.ts";
import { dkimSignatures } from "../src/mail/dkim/signature.ts";
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

/** Why an address is on the suppression list; undefined if it isn't. */
async function reasonOf(address: string): Promise<string | undefined> {
  const [row] = await inbound.server.database.query<{ reason: string }>(
    "SELECT reason FROM suppressed_destinations WHERE address = $1",
    [address],
  );
  return row?.reason;
}

const changed = (mail: Buffer) =>
  Buffer.from(mail.toString("latin1").replace("This is an email", "This is no email"), "latin1");

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

describe("an address is suppressed by its own server's final bounce, and", () => {
  it("not by one that names only another address or that has an envelope sender", async () => {
    const other = await inbound.sent();
    expect(await inbound.deliver(other.returnPath, bounceMail({ recipient: "elsewhere@example.org" }))).toBe(taken);
    const sender = await inbound.sent();
    const mail = bounceMail({ recipient: sender.recipient });
    expect(await inbound.deliver(sender.returnPath, mail, "someone@example.org")).toBe(taken);
    for (const { id, recipient } of [other, sender]) {
      expect(await returned(id)).toMatchObject([{ type: "BOUNCE", bounce_type: "Permanent", recipient }]);
      expect(await reasonOf(recipient)).toBeUndefined();
    }
    const own = bounceMail({ recipient: "elsewhere@example.org", messageId: "<own@mx.example.net>" });
    const original = `Original-Recipient: rfc822; ${other.recipient}\nFinal-Recipient`;
    expect(await inbound.deliver(other.returnPath, own.replace("Final-Recipient", original))).toBe(taken);
    expect(await reasonOf(other.recipient)).toBe("BOUNCE");
  });

  it("not by one that tells of a state that passes", async () => {
    const { id, recipient, returnPath } = await inbound.sent();
    const diagnostic = "smtp; 450 4.2.1 user temporarily disabled";
    expect(await inbound.deliver(returnPath, bounceMail({ recipient, status: "4.2.1", diagnostic }))).toBe(taken);
    expect(await returned(id)).toMatchObject([{ type: "BOUNCE", bounce_type: "Transient" }]);
    expect(await reasonOf(recipient)).toBeUndefined();
  });

  it("though twenty other reports came before", async () => {
    const { id, recipient, returnPath } = await inbound.sent();
    for (let n = 0; n < 22; n++) {
      const mail = bounceMail({ recipient: "elsewhere@example.org", messageId: `<${n}@mx.example.net>` });
      expect(await inbound.deliver(returnPath, mail)).toBe(taken);
    }
    expect(await returned(id)).toHaveLength(20);
    expect(await inbound.deliver(returnPath, bounceMail({ recipient, messageId: "<real@mx.example.net>" }))).toBe(
      taken,
    );
    expect(await returned(id)).toHaveLength(21);
    expect(await reasonOf(recipient)).toBe("BOUNCE");
    const complaint = complaintMail("X-Nothing: known");
    expect(await inbound.deliver(returnPath, complaint)).toBe(taken);
    expect(await reasonOf(recipient)).toBe("COMPLAINT");
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

  it("suppresses its address if it is one: abuse and fraud, and no other report", async () => {
    for (const [type, reason] of [
      ["abuse", "COMPLAINT"],
      ["fraud", "COMPLAINT"],
      ["auth-failure", undefined],
      ["virus", undefined],
      ["other", undefined],
      ["opt-out", undefined],
      ["not-spam", undefined],
      ["miscategorized", undefined],
    ] as const) {
      const { id, recipient, token } = await inbound.sent();
      const mail = complaintMail(`X-Mailglass-Message: ${token}`, { type });
      expect(await inbound.deliver(`fbl@${returnDomain}`, mail)).toBe(taken);
      expect(await returned(id), type).toMatchObject([{ type: "COMPLAINT", recipient }]);
      expect(await reasonOf(recipient), type).toBe(reason);
    }
  });

  it("is no address for bounces: the token in the header, which everyone sees", async () => {
    const { id, recipient, token } = await inbound.sent();
    for (const local of [token, token.replace(/^c/, "b")]) {
      expect(await inbound.deliver(`${local}@${returnDomain}`, bounceMail({ recipient }))).toMatch(/^550 5\.1\.1 /);
    }
    expect(await returned(id)).toEqual([]);
  });

  it("is checked where it is signed: by its domain's key, for the domain in From", async () => {
    const key = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const record = keyRecord(key.publicKey.export({ type: "spki", format: "der" }).toString("base64"));
    inbound.keys.set("s._domainkey.isp.example.net", record);
    inbound.keys.set("s._domainkey.evil.example.org", record);
    inbound.keys.set("down._domainkey.isp.example.net", undefined);
    const signed = async (mail: string, domain: string, selector = "s") => {
      const message = Buffer.from(mail.replaceAll("\n", "\r\n"));
      const keys = [{ domain, selector, key: key.privateKey }];
      return Buffer.concat([await dkimSignatures({ message, keys, at: new Date() }), message]);
    };
    for (const [what, reason, sign] of [
      ["valid", "COMPLAINT", (mail: string) => signed(mail, "isp.example.net")],
      ["another's", undefined, (mail: string) => signed(mail, "evil.example.org")],
      ["without a key", undefined, (mail: string) => signed(mail, "isp.example.net", "none")],
      ["of another mail", undefined, async (mail: string) => changed(await signed(mail, "isp.example.net"))],
    ] as const) {
      const { id, recipient, token } = await inbound.sent();
      const mail = await sign(complaintMail(`X-Mailglass-Message: ${token}`));
      expect(await inbound.deliver(`fbl@${returnDomain}`, mail), what).toBe(taken);
      expect(await returned(id), what).toMatchObject([{ type: "COMPLAINT", recipient }]);
      expect(await reasonOf(recipient), what).toBe(reason);
    }
    const { id, token } = await inbound.sent();
    const later = await signed(complaintMail(`X-Mailglass-Message: ${token}`), "isp.example.net", "down");
    expect(await inbound.deliver(`fbl@${returnDomain}`, later)).toMatch(/^451 /);
    expect(await returned(id)).toEqual([]);
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
