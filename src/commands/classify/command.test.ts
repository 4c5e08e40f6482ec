import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyCommand } from "./command.ts";

const bounce = `From: MAILER-DAEMON@mx.example.com
Subject: Undelivered Mail

Could not be delivered:
<a@b.example>: 552 5.2.2 Mailbox full

Original message follows.

Message-ID: <id@example.org>
From: x@y.example
To: a@b.example
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailglass-classify-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function run(files: readonly string[], input = "") {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(output), text(errors)]);
  const exitCode = await classifyCommand(files, { input: Readable.from([Buffer.from(input)]), output, errors });
  output.end();
  errors.end();
  const [out, err] = await texts;
  const lines: unknown[] = out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { exitCode, lines, err };
}

describe("mailglass classify", () => {
  it("prints a line for each mail, with the same members in each", async () => {
    const complaint = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: a@b.example\n";
    const delivered =
      "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: delivered\n";
    const files = [
      await file("bounce.eml", bounce),
      await file("complaint.eml", complaint),
      await file("away.eml", "Auto-Submitted: auto-replied\nFrom: a@b.example\n\nI am away.\n"),
      await file("delivered.eml", delivered),
      await file("delayed.eml", delivered.replace("delivered\n", "delayed\nStatus: 4.4.1\n")),
      await file("empty.eml", ""),
    ];
    const { exitCode, lines, err } = await run(files);
    const recipient = {
      address: "a@b.example",
      bounceType: "Transient",
      bounceSubType: "MailboxFull",
      reason: "mailboxfull",
      action: "failed",
      status: "5.2.2",
      reply: "552",
      diagnosticCode: "<a@b.example>: 552 5.2.2 Mailbox full",
      feedbackType: null,
    };
    const nothing = Object.fromEntries(Object.keys(recipient).map((name) => [name, null]));
    expect(lines).toEqual([
      { file: files[0], kind: "bounce", messageId: "id@example.org", recipients: [recipient] },
      {
        file: files[1],
        kind: "complaint",
        messageId: null,
        recipients: [{ ...nothing, address: "a@b.example", reason: "feedback", feedbackType: "abuse" }],
      },
      { file: files[2], kind: "auto-reply", messageId: null, recipients: [] },
      { file: files[3], kind: "none", messageId: null, recipients: [] },
      {
        file: files[4],
        kind: "bounce",
        messageId: null,
        recipients: [
          {
            ...nothing,
            address: "a@b.example",
            action: "delayed",
            bounceType: "Transient",
            bounceSubType: "General",
            reason: "expired",
            status: "4.4.1",
          },
        ],
      },
      { file: files[5], kind: "none", messageId: null, recipients: [] },
    ]);
    expect([exitCode, err]).toEqual([0, ""]);
  });

  it("goes on after a file that can't be read, and says so", async () => {
    const readable = await file("readable.eml", bounce);
    const missing = join(folder, "missing.eml");
    const { exitCode, lines, err } = await run([missing, folder, readable]);
    expect(lines).toHaveLength(1);
    expect(exitCode).toBe(1);
    expect(err).toContain(`mailglass classify: ${missing} can't be read: ENOENT`);
    expect(err).toContain(`mailglass classify: ${folder} can't be read: EISDIR`);
  });

  it("reads the standard input for -", async () => {
    const { lines, exitCode } = await run(["-"], bounce);
    expect(lines).toMatchObject([{ file: "-", kind: "bounce" }]);
    expect(exitCode).toBe(0);
  });

  it("reads the start of a file of any size", async () => {
    const path = await file("large.eml", bounce);
    await truncate(path, 3 * 1024 ** 3);
    expect((await run([path])).lines).toMatchObject([{ kind: "bounce", recipients: [{ reason: "mailboxfull" }] }]);
  });

  it("ends quietly when nobody reads on, and loudly when its output can't be written", async () => {
    const path = await file("again.eml", bounce);
    const failing = (code: string) =>
      new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
    const streams = { input: Readable.from([]), errors: new PassThrough() };
    expect(await classifyCommand([path, path, path], { ...streams, output: failing("EPIPE") })).toBe(0);
    await expect(classifyCommand([path, path, path], { ...streams, output: failing("ENOSPC") })).rejects.toThrow(
      "ENOSPC",
    );
  });

  it("explains itself", async () => {
    expect(await run([])).toMatchObject({
      exitCode: 2,
      lines: [],
      err: expect.stringContaining("usage: mailglass classify FILE..."),
    });
  });
});
