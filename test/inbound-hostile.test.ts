/** What comes to the bounce port that should not: it relays nothing, and no bytes make an event of a forged return path. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { returnPathOf } from "../src/delivery/return-path.ts";
import { readHistory } from "../src/events/history.ts";
import { createMessageId } from "../src/events/message-id.ts";
import { type InboundServer, returnDomain, startInboundServer } from "./support/inbound-server.ts";
import { bounceMail, complaintMail, vacationMail } from "./support/returned-mails.ts";
import { runs } from "./support/runs.ts";
import { openSmtp } from "./support/smtp-socket.ts";

let inbound: InboundServer;

beforeAll(async () => {
  inbound = await startInboundServer();
});
afterAll(() => inbound.close());

const refused = "550 5.1.1 No such mailbox here: only bounces and complaints are taken";

/** How many events there are of a message. */
const eventsOf = async (id: string) => (await readHistory(inbound.server, id)).length;

describe("a recipient", () => {
  it("is refused unless it is a return path of this server, or an address for complaints", async () => {
    const { id, returnPath } = await inbound.sent();
    const [local = ""] = returnPath.split("@");
    const other = randomBytes(32);
    const addresses = [
      `user@${returnDomain}`,
      "user@example.org",
      `${local}@example.org`,
      "fbl@example.org",
      "postmaster@example.org",
      `${local.slice(0, -1)}@${returnDomain}`,
      `${local.slice(0, -1)}${local.endsWith("a") ? "b" : "a"}@${returnDomain}`,
      returnPathOf({ messageId: id, recipientIndex: 0 }, returnDomain, other),
      `" ${local}"@${returnDomain}`,
      `${local}+x@${returnDomain}`,
      `${local}%example.org@${returnDomain}`,
    ];
    const before = await eventsOf(id);
    for (const address of addresses) {
      expect(await inbound.deliver(address, bounceMail())).toMatch(/^(?:550 5\.1\.1|501) /);
    }
    expect(await inbound.deliver("user@example.org", bounceMail())).toBe(refused);
    expect(await eventsOf(id)).toBe(before);
  });

  it("is refused where the message is too old, and taken and dropped where nothing is known of it", async () => {
    const path = (sentAt: Date, recipientIndex = 0) =>
      returnPathOf({ messageId: createMessageId(sentAt), recipientIndex }, returnDomain, inbound.secret);
    const ancient = new Date(Date.now() - 500 * 24 * 3600_000);
    expect(await inbound.deliver(path(ancient), bounceMail())).toBe(refused);
    expect(await inbound.deliver(path(new Date()), bounceMail())).toMatch(/^250 /);
    const { id } = await inbound.sent();
    const beyond = returnPathOf({ messageId: id, recipientIndex: 7 }, returnDomain, inbound.secret);
    const before = await eventsOf(id);
    expect(await inbound.deliver(beyond, bounceMail())).toMatch(/^250 /);
    expect(await eventsOf(id)).toBe(before);
  });

  it("is one of few in a message, and whoever tries many is cut off", async () => {
    await using smtp = await openSmtp(inbound.port);
    await smtp.ask("MAIL FROM:<>\r\n");
    for (let n = 0; n < 5; n++) expect(await smtp.ask(`RCPT TO:<fbl@${returnDomain}>\r\n`)).toMatch(/^250 /);
    expect(await smtp.ask(`RCPT TO:<fbl@${returnDomain}>\r\n`)).toMatch(/^452 /);
    await smtp.ask("RSET\r\n");
    await smtp.ask("MAIL FROM:<>\r\n");
    for (let n = 0; n < 10; n++) expect(await smtp.ask(`RCPT TO:<user${n}@${returnDomain}>\r\n`)).toBe(refused);
    smtp.write(`RCPT TO:<user@${returnDomain}>\r\n`);
    expect(await smtp.closed()).toMatch(/^421 /);
  });
});

describe("the port", () => {
  it("knows no AUTH, and takes mail over STARTTLS", async () => {
    await using smtp = await openSmtp(inbound.port, { hello: false });
    const hello = await smtp.ask("EHLO mx.example.net\r\n");
    expect(hello).not.toMatch(/AUTH|SMTPUTF8/);
    expect(hello).toMatch(/STARTTLS/);
    expect(await smtp.ask("AUTH PLAIN AGEAYg==\r\n")).toMatch(/^500 /);
    // What was said in the clear before TLS counts for nothing after it (RFC 3207, 4.2).
    smtp.write("STARTTLS\r\nMAIL FROM:<>\r\n");
    expect(await smtp.reply()).toMatch(/^220 /);
    const tls = connectTls({ socket: smtp.socket, rejectUnauthorized: false });
    const said: string[] = [];
    tls.setEncoding("latin1").on("data", (text: string) => said.push(text));
    tls.write("EHLO mx.example.net\r\nDATA\r\nQUIT\r\n");
    await new Promise((resolve) => tls.on("close", resolve));
    expect(said.join("")).toMatch(/^250-.*503 .*221 /s);
  });

  it("lets a client have so many connections and no more", async () => {
    const sockets = Array.from({ length: 35 }, () => connect(inbound.port, "127.0.0.1"));
    const greetings = await Promise.all(
      sockets.map((socket) => new Promise<string>((resolve) => socket.once("data", (bytes) => resolve(String(bytes))))),
    );
    expect(greetings.filter((text) => text.startsWith("421 Too many concurrent SMTP connections"))).toHaveLength(5);
    for (const socket of sockets) socket.destroy();
  });

  it("takes a bounce with all of a message of 40 MB, and looks at its start", async () => {
    const { id, returnPath } = await inbound.sent();
    const before = await eventsOf(id);
    const mail = Buffer.concat([
      Buffer.from(bounceMail().replaceAll("\n", "\r\n")),
      Buffer.alloc(45 << 20, `${"x".repeat(76)}\r\n`),
    ]);
    expect(await inbound.deliver(returnPath, mail)).toMatch(/^250 /);
    expect(await eventsOf(id)).toBe(before + 1);
  });
});

describe("any bytes", () => {
  const part = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.constantFrom(
      "Final-Recipient: rfc822; a@b\n",
      "Content-Type: multipart/report; boundary=x\n",
      "--x\n",
      "\n",
      "\0",
      "=?utf-8?B?",
      ".\n",
      "Feedback-Type: abuse\n",
      "\n.\nMAIL FROM:<>\n",
    ),
  );

  it("to a return path that verifies are answered, and to no other make an event", async () => {
    const { id, returnPath } = await inbound.sent();
    const forged = returnPath.replace(/^b-./, (start) => `b-${start.endsWith("a") ? "b" : "a"}`);
    const known = await eventsOf(id);
    const template = fc.constantFrom(bounceMail(), vacationMail, complaintMail(`Return-Path: <${forged}>`));
    await fc.assert(
      fc.asyncProperty(template, fc.array(part, { maxLength: 10 }), fc.nat(), async (mail, parts, seed) => {
        const at = seed % mail.length;
        const mutated = mail.slice(0, at) + parts.join("") + mail.slice(at + parts.length);
        expect(await inbound.deliver(forged, mutated)).toBe(refused);
        expect(await inbound.deliver(`fbl@${returnDomain}`, mutated)).toMatch(/^250 /);
      }),
      { numRuns: runs(40) },
    );
    expect(await eventsOf(id)).toBe(known);
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 30 }), async (parts) => {
        expect(await inbound.deliver(returnPath, parts.join(""))).toMatch(/^250 /);
      }),
      { numRuns: runs(40) },
    );
    const rows = await readHistory(inbound.server, id);
    expect(rows.length).toBeLessThanOrEqual(known + 20);
    expect(inbound.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });
});
