/** Who can put an address on the suppression list by mail: its own server, and who complains. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { keyRecord } from "../src/mail/dkim/key-record.ts";
import { dkimSignatures } from "../src/mail/dkim/signature.ts";
import { type InboundServer, returnDomain, startInboundServer } from "./support/inbound-server.ts";
import { bounceMail, complaintMail } from "./support/returned-mails.ts";

let inbound: InboundServer;

beforeAll(async () => {
  inbound = await startInboundServer();
});
afterAll(() => inbound.close());

const taken = "250 2.6.0 Ok";

/** The events of a message besides SEND and DELIVERY. */
async function returned(id: string) {
  const rows = await readHistory(inbound.server, id);
  return rows.filter(({ type }) => type !== "SEND" && type !== "DELIVERY");
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

describe("a complaint", () => {
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
});
