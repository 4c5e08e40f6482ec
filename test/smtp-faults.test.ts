/** Faults on demand, as nodemailer sees them. */
import { createTransport, type SendMailOptions } from "nodemailer";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { SmtpStage } from "../src/admin-api/faults.ts";
import { connectMailglass, type Faults, type Mailglass } from "../src/testing/index.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;
let mailglass: Mailglass;
let faults: Faults;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_SMTP_PORT: "0" } });
  mailglass = await connectMailglass(server.url);
  faults = mailglass.faults;
});
afterAll(() => server?.close());
afterEach(() => faults.clear());

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const mail: SendMailOptions = {
  from: "sender@example.com",
  to: ["one@example.net", "two@x.example"],
  subject: "SMTP",
  text: "text",
  headers: { "X-SES-MESSAGE-TAGS": "kind=order" },
};
const deliver = async (secure = false) => {
  const transport = createTransport({
    host: "127.0.0.1",
    port: server.mailPorts.smtp ?? 0,
    ...(secure ? { requireTLS: true, tls: { rejectUnauthorized: false } } : { ignoreTLS: true }),
    auth: { user: "AKIAIOSFODNN7EXAMPLE", pass: "secret" },
  });
  try {
    return await transport.sendMail(mail);
  } finally {
    transport.close();
  }
};

it.each<[SmtpStage, number, string]>([
  ["CONNECT", 421, "CONN"],
  ["CONNECT", 554, "CONN"],
  ["EHLO", 550, "HELO"],
  ["AUTH", 454, "AUTH PLAIN"],
  ["AUTH", 535, "AUTH PLAIN"],
  ["MAIL", 452, "MAIL FROM"],
  ["RCPT", 450, "RCPT TO"],
  ["DATA", 451, "DATA"],
  ["END_OF_DATA", 554, "DATA"],
  ["END_OF_DATA", 421, "DATA"],
])("replies at %s with %i, once", async (stage, code, command) => {
  const fault = await faults.add({
    effect: { type: "smtp", stage, code, text: "4.3.0 on demand" },
    times: stage === "RCPT" || stage === "EHLO" ? 2 : 1,
  });
  expect(await failure(deliver())).toMatchObject({ responseCode: code, command });
  expect(await fault.state()).toMatchObject({ hits: stage === "RCPT" || stage === "EHLO" ? 2 : 1 });
  expect((await deliver()).response).toMatch(/^250 Ok 0100/);
});

it("replies by sender, recipient and tag", async () => {
  await faults.add({ match: { recipient: "x.example" }, effect: { type: "smtp", stage: "RCPT", code: 550 } });
  expect(await deliver()).toMatchObject({ accepted: ["one@example.net"], rejected: ["two@x.example"] });
  await faults.clear();
  await faults.add({ match: { sender: "other.example" }, effect: { type: "smtp", stage: "MAIL", code: 550 } });
  await faults.add({ match: { tag: { kind: "order" } }, effect: { type: "smtp", stage: "END_OF_DATA", code: 552 } });
  expect(await failure(deliver())).toMatchObject({ responseCode: 552 });
});

it("has the errors of the API, and breaks connections", async () => {
  await faults.add({ match: { operation: "SendSmtpEmail" }, effect: { type: "throttle" }, times: 1 });
  expect(await failure(deliver())).toMatchObject({
    response: "454 Throttling failure: Maximum sending rate exceeded.",
  });
  const before = await mailglass.inbox.count();
  for (const secure of [false, true]) {
    await faults.add({ effect: { type: "disconnect", when: "before" }, times: 1 });
    expect(await failure(deliver(secure))).toMatchObject({ code: expect.stringMatching(/ECONN|ESOCKET/) });
  }
  expect(await mailglass.inbox.count()).toBe(before);
  await faults.add({ effect: { type: "disconnect", when: "after" }, times: 1 });
  expect(await failure(deliver())).toMatchObject({ code: expect.stringMatching(/ECONN|ESOCKET/) });
  await mailglass.inbox.waitFor({}, { index: before, timeout: 50_000 });
  expect(server.logged).toEqual([]);
});
