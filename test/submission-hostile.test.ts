/** What bytes an SMTP client may send: a message ends where RFC 5321 ends it, and whatever comes, the server goes on. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectMailglass, type Inbox } from "../src/testing/index.ts";
import { runs } from "./support/runs.ts";
import { openSmtp } from "./support/smtp-socket.ts";
import { type SubmissionServer, startSubmissionServer } from "./support/submission-server.ts";

let submission: SubmissionServer;
let port = 0;
let inbox: Inbox;

beforeAll(async () => {
  submission = await startSubmissionServer();
  port = submission.submission.smtpPort ?? 0;
  ({ inbox } = await connectMailglass(submission.server.url));
});
afterAll(() => submission.close());

const envelope = "MAIL FROM:<sender@example.com>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n";
const header = "From: sender@example.com\r\nSubject: raw\r\n\r\n";
const idForm = /^250 Ok (0100[0-9a-f]{12}-[0-9a-f-]{36}-000000)$/;

/** What is kept of a message's body. */
async function keptBody(reply: string): Promise<string> {
  const message = await inbox.get(idForm.exec(reply)?.[1] ?? reply);
  const text = (await message.raw()).toString("latin1");
  return text.slice(text.indexOf("\r\n\r\n") + 4);
}

/** Sends an envelope and what follows DATA; resolves to the reply. */
async function send(data: string | Uint8Array): Promise<string> {
  await using smtp = await openSmtp(port);
  smtp.write(envelope);
  for (let n = 0; n < 3; n++) await smtp.reply();
  return await smtp.ask(data);
}

describe("the end of a message", () => {
  it.each([
    ["LF . LF", "\n.\n"],
    ["LF . CRLF", "\n.\r\n"],
    ["CRLF . LF", "\r\n.\n"],
    ["CR . CR", "\r.\r"],
    ["CR . CRLF", "\r.\r\n"],
    ["CRLF . CR", "\r\n.\r"],
    ["LF . CR", "\n.\r"],
    ["NUL", "\r\n\0.\r\n"],
  ])("is not %s: what follows is text, not a second message", async (_name, fake) => {
    const smuggled =
      "MAIL FROM:<admin@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nFrom: admin@example.com\r\n";
    const reply = await send(`${header}one${fake}${smuggled}\r\ntwo\r\n.\r\n`);
    expect(reply).toMatch(idForm);
    const body = await keptBody(reply);
    expect(body).toContain("MAIL FROM:<admin@example.com>");
    expect(body).toContain("two");
    // What is kept has CRLF alone, so that no server after this one takes the fake for an end; a dot there is doubled.
    expect(body.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("is CRLF . CRLF in any pieces, and doubled dots are undone", async () => {
    const body = ".\r\n..\r\n...dots\r\n.hidden\r\nend\r\n";
    const wire = `${header}${body.replaceAll(/^\./gm, "..")}.\r\n`;
    for (const size of [1, 2, 3, 5, 64]) {
      await using smtp = await openSmtp(port);
      smtp.socket.setNoDelay(true);
      smtp.write(envelope);
      for (let n = 0; n < 3; n++) await smtp.reply();
      for (let at = 0; at < wire.length; at += size) {
        smtp.write(wire.slice(at, at + size));
        await new Promise(setImmediate);
      }
      expect(await keptBody(await smtp.reply())).toBe(body);
    }
  });

  it("lets pipelined commands go on after it", async () => {
    await using smtp = await openSmtp(port);
    const message = `${header}text\r\n.\r\n`;
    smtp.write(`${envelope}`);
    for (let n = 0; n < 3; n++) await smtp.reply();
    smtp.write(`${message}${envelope}`);
    expect(await smtp.reply()).toMatch(idForm);
    for (let n = 0; n < 3; n++) expect(await smtp.reply()).toMatch(/^[23]/);
    smtp.write(`${message}QUIT\r\n`);
    expect(await smtp.reply()).toMatch(idForm);
    expect(await smtp.reply()).toMatch(/^221/);
  });
});

describe("what is too much", () => {
  it("is a line without end: the connection is closed", async () => {
    await using smtp = await openSmtp(port);
    smtp.write(`NOOP ${"x".repeat(100_000)}`);
    expect(await smtp.closed()).toMatch(/^421 /);
  });

  it("is a message above 40 MB: refused by its announced size, and by its own", async () => {
    const max = 40 * 1024 * 1024;
    await using smtp = await openSmtp(port);
    expect(await smtp.ask(`MAIL FROM:<sender@example.com> SIZE=${max + 1}\r\n`)).toMatch(/^552 /);
    smtp.write(envelope);
    for (let n = 0; n < 3; n++) await smtp.reply();
    const line = `${"x".repeat(1022)}\r\n`.repeat(1024);
    smtp.write(header);
    for (let sent = 0; sent <= max; sent += line.length) smtp.write(line);
    expect(await smtp.ask(".\r\n")).toBe("552 Message is too long.");
    // The connection goes on.
    smtp.write(envelope);
    for (let n = 0; n < 3; n++) await smtp.reply();
    expect(await smtp.ask(`${header}short\r\n.\r\n`)).toMatch(idForm);
  });

  it("is a header of a thousand fields, and recipients without end", async () => {
    expect(await send(`From: a@example.com\r\n${"X: y\r\n".repeat(2000)}\r\n.\r\n`)).toMatch(
      /^554 Transaction failed: /,
    );
    await using smtp = await openSmtp(port);
    await smtp.ask("MAIL FROM:<sender@example.com>\r\n");
    const replies = [];
    for (let n = 0; n < 1100; n++) smtp.write(`RCPT TO:<user${n}@example.com>\r\n`);
    for (let n = 0; n < 1100; n++) replies.push(await smtp.reply());
    expect(replies.filter((reply) => reply.startsWith("250"))).toHaveLength(1000);
    expect(replies.at(-1)).toBe("452 Too many recipients");
  });
});

describe("what is refused", () => {
  it("are addresses beyond ASCII, and commands that nobody needs", async () => {
    await using smtp = await openSmtp(port);
    expect(await smtp.ask("MAIL FROM:<sender@example.com> SMTPUTF8\r\n")).toMatch(/^555 /);
    for (const command of ["WIZ", "SHELL ls", "XCLIENT ADDR=1.2.3.4", "EXPN list"]) {
      expect(await smtp.ask(`${command}\r\n`)).toMatch(/^500 /);
    }
  });

  it("makes no second line of a reply", async () => {
    await using smtp = await openSmtp(port);
    await smtp.ask("MAIL FROM:<sender@example.com>\r\n");
    await smtp.ask("RCPT TO:<user@example.com>\r\n");
    await smtp.ask("DATA\r\n");
    smtp.write(`From: a@example.com\r\nX\x01\xffbad name\rline: 1\r\n\r\n.\r\n`);
    expect(await smtp.reply()).toMatch(/^554 Transaction failed: [ -~]+$/);
    expect(await smtp.ask("NOOP\r\n")).toMatch(/^250/);
  });
});

it("a client that leaves in the middle leaves nothing, and any bytes find the server in good order", async () => {
  const command = fc.constantFrom(
    "EHLO x",
    "MAIL FROM:<a@example.com>",
    "RCPT TO:<b@example.com>",
    "DATA",
    "RSET",
    "AUTH",
  );
  const piece = fc.oneof(
    command.map((text) => Buffer.from(`${text}\r\n`)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom("\r\n.\r\n", "\n.\n", "\0", ".", "\r\n", "AUTH PLAIN ====\r\n").map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
      await using smtp = await openSmtp(port, { hello: false });
      smtp.write(Buffer.concat(pieces));
      smtp.socket.end();
      await smtp.closed();
    }),
    { numRuns: runs(60) },
  );
  expect(await send(`${header}still here\r\n.\r\n`)).toMatch(idForm);
  expect(submission.logged).toEqual([]);
});
