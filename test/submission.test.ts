/** SMTP clients that hand mail in: nodemailer over each kind of connection, with the events of a SendEmail. */
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import { createTransport, type SendMailOptions } from "nodemailer";
import type SMTPTransport from "nodemailer/lib/smtp-transport/index.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import type { EventRow } from "../src/stores/clickhouse/events.ts";
import { insightsOf, told } from "./support/sent-mail.ts";
import { type SubmissionServer, smtpLogin, startSubmissionServer } from "./support/submission-server.ts";

let open: SubmissionServer;
let closed: SubmissionServer;

beforeAll(async () => {
  open = await startSubmissionServer();
  closed = await startSubmissionServer({ authentication: "required" });
});
afterAll(async () => {
  await closed?.close();
  await open?.close();
});

const mail: SendMailOptions = {
  from: "Jürgen <sender@example.com>",
  to: ["one@gmail.com", "Two <two@example.com>"],
  bcc: "three@example.com",
  subject: "by SMTP: ü",
  text: "text\n.\n..leading dots\n",
  html: "<b>html</b>",
};

/** Sends; resolves to the message's id. */
async function send(options: SMTPTransport.Options, message: SendMailOptions = mail): Promise<string> {
  const transport = createTransport({ host: "127.0.0.1", tls: { rejectUnauthorized: false }, ...options });
  const { response } = await transport.sendMail(message);
  transport.close();
  const id = /^250 Ok (0100[0-9a-f]{12}-[0-9a-f-]{36}-000000)$/.exec(response)?.[1];
  if (id === undefined) throw new Error(`no message id: ${response}`);
  return id;
}

const portOf = (of: SubmissionServer) => of.submission.smtpPort ?? 0;
const tlsPortOf = (of: SubmissionServer) => of.submission.smtpsPort ?? 0;

/** What a client was told; undefined where its mail was taken. */
async function refusal(options: SMTPTransport.Options, message?: SendMailOptions): Promise<unknown> {
  return send(options, message).then(
    () => undefined,
    (error: unknown) => (error instanceof Error && "response" in error ? error.response : error),
  );
}

describe("a port without authentication", () => {
  it("takes mail without TLS, after STARTTLS and over TLS, with any credentials or none", async () => {
    const ids = await Promise.all([
      send({ port: portOf(open), ignoreTLS: true }),
      send({ port: portOf(open), ignoreTLS: true, auth: { user: "AKIAANYBODY", pass: "whatever" } }),
      send({ port: portOf(open), requireTLS: true }),
      send({ port: portOf(open), requireTLS: true, authMethod: "LOGIN", auth: { user: "AKIAANYBODY", pass: "x" } }),
      send({ port: tlsPortOf(open), secure: true }),
      send({ port: tlsPortOf(open), secure: true, auth: { user: "anyone at all", pass: "x" } }),
    ]);
    const callers = [];
    for (const id of ids) {
      const [first] = await readHistory(open.server, id);
      callers.push(first?.tags?.["ses:caller-identity"]?.[0]);
    }
    const anonymous = "anonymous";
    expect(callers).toEqual([anonymous, "AKIAANYBODY", anonymous, "AKIAANYBODY", anonymous, anonymous]);
  });

  it("gives a message the events that the SDK's has, and takes its recipients from the envelope", async () => {
    const { client } = open.server;
    const id = await send({ port: portOf(open) });
    const sent = await createTransport({ SES: { sesClient: client, SendEmailCommand } }).sendMail(mail);
    expect(told(await insightsOf(open.server, id))).toEqual(told(await insightsOf(open.server, sent.response)));
    // Events that wait in the outbox lack the empty columns of those in the event database.
    await open.server.recorder.drained();
    const differs = ["ses:operation", "ses:caller-identity"];
    // Events of one instant come in the order of their ids, which are random.
    const order = ({ type, recipient }: EventRow) => `${type === "SEND" ? 0 : 1} ${recipient}`;
    const facts = async (messageId: string) => {
      const rows = await readHistory(open.server, messageId);
      rows.sort((a, b) => (order(a) < order(b) ? -1 : 1));
      return rows.map((row) => {
        const { recipient, type, source, subject, isp, identity, destination, tags, in_ses_scope } = row;
        const shared = Object.entries(tags ?? {}).filter(([name]) => !differs.includes(name));
        return { recipient, type, source, subject, isp, identity, destination, in_ses_scope, tags: shared };
      });
    };
    expect(await facts(id)).toEqual(await facts(sent.response));
    const [first] = await readHistory(open.server, id);
    expect(first?.tags?.["ses:operation"]).toEqual(["SendSmtpEmail"]);
  });

  it("sends many messages on one connection, and many connections' at once", async () => {
    const pool = { pool: true as const, maxConnections: 5, tls: { rejectUnauthorized: false } };
    const transport = createTransport({ host: "127.0.0.1", port: portOf(open), ...pool });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => transport.sendMail({ ...mail, subject: `number ${n}` })),
    );
    transport.close();
    const ids = answers.map(({ response }) => response.slice("250 Ok ".length));
    expect(new Set(ids).size).toBe(100);
    for (const [n, id] of ids.entries()) {
      const [first] = await readHistory(open.server, id);
      expect(first?.subject).toBe(`number ${n}`);
    }
  });

  it("obeys the X-SES- headers", async () => {
    const headers = { "X-SES-MESSAGE-TAGS": "campaign=one, step=2" };
    const id = await send({ port: portOf(open) }, { ...mail, headers });
    const [first] = await readHistory(open.server, id);
    expect(first?.tags).toMatchObject({ campaign: ["one"], step: ["2"] });
    expect(await refusal({ port: portOf(open) }, { ...mail, headers: { "X-SES-CONFIGURATION-SET": "none" } })).toBe(
      "554 Transaction failed: Configuration set <none> does not exist.",
    );
    const list = { "X-SES-LIST-MANAGEMENT-OPTIONS": "none; topic=t" };
    expect(await refusal({ port: portOf(open) }, { ...mail, headers: list })).toBe(
      "554 Transaction failed: List with name: none doesn't exist.",
    );
  });

  it("refuses what SES refuses, in SES's words", async () => {
    const to = Array.from({ length: 51 }, (_, n) => `user${n}@example.com`);
    const port = portOf(open);
    expect(await refusal({ port }, { ...mail, to, bcc: [] })).toBe(
      "554 Transaction failed: Recipient count exceeds 50.",
    );
    const envelope = { from: "sender@example.com", to: ["a@example..com"] };
    expect(await refusal({ port }, { ...mail, envelope })).toMatch(/^501 /);
    expect(await refusal({ port }, { ...mail, envelope: { from: "", to: ["a@example.com"] } })).toBe(
      "501 Invalid MAIL FROM address provided",
    );
    const raw = "From: a@example.com\r\nSubject: one\r\nSubject: two\r\n\r\n";
    expect(await refusal({ port }, { envelope: { ...envelope, to: ["a@example.com"] }, raw })).toBe(
      "554 Transaction failed: Duplicate header 'Subject'.",
    );
    // In the API, FromEmailAddress would stand in for it.
    const withoutFrom = "Subject: one\r\n\r\nbody\r\n";
    expect(await refusal({ port }, { envelope: { ...envelope, to: ["a@example.com"] }, raw: withoutFrom })).toBe(
      "554 Transaction failed: Missing required header 'From'.",
    );
    const attachment = 'From: a@example.com\r\nContent-Disposition: attachment; filename="Setup.EXE"\r\n\r\nbody\r\n';
    expect(await refusal({ port }, { envelope: { ...envelope, to: ["a@example.com"] }, raw: attachment })).toBe(
      "554 Message rejected: Message contains invalid content.",
    );
    expect(open.logged).toEqual([]);
  });
});

describe("a port with authentication", () => {
  it("takes mail of who signs in over TLS, as that access key's", async () => {
    const ids = await Promise.all([
      send({ port: portOf(closed), requireTLS: true, auth: smtpLogin }),
      send({ port: tlsPortOf(closed), secure: true, auth: smtpLogin, authMethod: "LOGIN" }),
    ]);
    for (const id of ids) {
      const [first] = await readHistory(closed.server, id);
      expect(first?.tags?.["ses:caller-identity"]).toEqual([smtpLogin.user]);
    }
  });

  it("wants TLS first, then a login", async () => {
    expect(await refusal({ port: portOf(closed), ignoreTLS: true })).toBe("530 Must issue a STARTTLS command first");
    expect(await refusal({ port: portOf(closed), requireTLS: true })).toBe("530 Authentication required");
    expect(await refusal({ port: tlsPortOf(closed), secure: true })).toBe("530 Authentication required");
    // A password in the clear is not asked for, and not looked at.
    const unsafe = await refusal({ port: portOf(closed), ignoreTLS: true, auth: smtpLogin, authMethod: "PLAIN" });
    expect(unsafe).not.toBeUndefined();
  });

  it("refuses wrong passwords, asks who guesses on to wait, and never holds up who has the right one", async () => {
    const guess = (pass: string) =>
      refusal({ port: portOf(closed), requireTLS: true, auth: { user: smtpLogin.user, pass } });
    expect(await guess("wrong")).toMatch(/^535/);
    const answers = await Promise.all(Array.from({ length: 80 }, (_, n) => guess(`wrong ${n}`)));
    expect(new Set(answers)).toEqual(
      new Set(["535 Authentication Credentials Invalid", "454 Temporary authentication failure"]),
    );
    expect(await guess(smtpLogin.pass)).toBeUndefined();
    expect(closed.logged).toEqual([]);
  });
});

describe("a port where senders must be verified", () => {
  it("refuses others", async () => {
    const strict = await startSubmissionServer({ verification: "required" });
    expect(await refusal({ port: portOf(strict) })).toBe(
      "554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: sender@example.com",
    );
    await strict.close();
  });
});

describe("an account with limits", () => {
  it("refuses for now what is above them, in SES's words", async () => {
    const slow = await startSubmissionServer({ limits: { perSecond: 1, perDay: 0 } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => refusal({ port: portOf(slow) })));
    expect(answers).toContain("454 Throttling failure: Maximum sending rate exceeded.");
    await slow.close();
  });
});
