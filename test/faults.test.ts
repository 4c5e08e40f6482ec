/** Faults on demand, as the SDKs of both APIs see them. */
import * as v1 from "@aws-sdk/client-ses";
import {
  type BulkEmailEntryResult,
  GetAccountCommand,
  MessageRejected,
  NotFoundException,
  SESv2Client,
  SendBulkEmailCommand,
  SendEmailCommand,
  TooManyRequestsException,
} from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectMailglass, type Faults, type Mailglass, type TestAccount } from "../src/testing/index.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

const faultsUrl = "/testing/faults";

let server: InProcessServer;
let mailglass: Mailglass;
let faults: Faults;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_SMTP_PORT: "0", MAILGLASS_ACCOUNTS_FROM_KEYS: "on" } });
  mailglass = await connectMailglass(server.url);
  faults = mailglass.faults;
});
afterAll(() => server?.close());
afterEach(() => faults.clear());

const options = (maxAttempts: number, account: TestAccount = mailglass) => ({ ...account.clientConfig, maxAttempts });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("over the SES API v2", () => {
  it("throttles as many calls as asked for; the SDK retries and succeeds", async () => {
    const rule = { match: { operation: "SendEmail" }, effect: { type: "throttle" }, times: 3 } as const;
    const fault = await faults.add(rule);
    expect(await failure(send(server, simple()))).toBeInstanceOf(TooManyRequestsException);
    const patient = new SESv2Client(options(3));
    const { $metadata } = await patient.send(new SendEmailCommand(simple()));
    expect($metadata.attempts).toBe(3);
    patient.destroy();
    expect(await fault.state()).toMatchObject({ hits: 3, times: 3 });
    await send(server, simple());
  });

  it("rejects messages by recipient, sender, tag and configuration set, and no others", async () => {
    await faults.add({
      match: { recipient: "blocked.example" },
      effect: { type: "reject", message: "Blocked on demand." },
    });
    await faults.add({ match: { tag: { kind: "bad" } }, effect: { type: "error", code: "NotFoundException" } });
    const to = (address: string) => ({ Destination: { ToAddresses: [address] } });
    const rejected = await failure(send(server, simple(to("a@blocked.example"))));
    expect(rejected).toBeInstanceOf(MessageRejected);
    expect(rejected).toMatchObject({ message: "Blocked on demand.", $retryable: undefined });
    const tagged = simple({ EmailTags: [{ Name: "kind", Value: "bad" }] });
    expect(await failure(send(server, tagged))).toBeInstanceOf(NotFoundException);
    await send(server, simple(to("a@open.example")));
    expect((await faults.list()).map(({ hits }) => hits)).toEqual([1, 1]);
  });

  it("fails single entries of a bulk request", async () => {
    await faults.add({ match: { recipient: "b@x.example" }, effect: { type: "throttle" } });
    const entries = ["a@x.example", "b@x.example", "c@x.example"].map((address) => ({
      Destination: { ToAddresses: [address] },
    }));
    const { BulkEmailEntryResults: results = [] } = await server.client.send(
      new SendBulkEmailCommand({
        FromEmailAddress: "sender@example.com",
        DefaultContent: { Template: { TemplateContent: { Subject: "s", Text: "t" }, TemplateData: "{}" } },
        BulkEmailEntries: entries,
      }),
    );
    expect(results.map(({ Status }: BulkEmailEntryResult) => Status)).toEqual([
      "SUCCESS",
      "ACCOUNT_THROTTLED",
      "SUCCESS",
    ]);
  });

  it("answers with statuses from 500 on, which the SDK retries", async () => {
    await faults.add({ match: { operation: "GetAccount" }, effect: { type: "error", status: 500 }, times: 1 });
    const patient = new SESv2Client(options(2));
    expect((await patient.send(new GetAccountCommand({}))).$metadata.attempts).toBe(2);
    patient.destroy();
  });

  it("breaks the connection before the message is accepted, or after", async () => {
    const messages = async () => (await mailglass.inbox.list()).map(({ id }) => id);
    const before = await messages();
    await faults.add({ match: { operation: "SendEmail" }, effect: { type: "disconnect", when: "before" }, times: 1 });
    expect(await failure(send(server, simple()))).toMatchObject({ code: "ECONNRESET" });
    await faults.add({
      match: { recipient: "user@gmail.com" },
      effect: { type: "disconnect", when: "before" },
      times: 1,
    });
    expect(await failure(send(server, simple()))).toMatchObject({ code: "ECONNRESET" });
    expect(await messages()).toEqual(before);
    await faults.add({ effect: { type: "disconnect", when: "after" }, times: 1 });
    expect(await failure(send(server, simple()))).toMatchObject({ code: "ECONNRESET" });
    await faults.add({ match: { sender: "example.com" }, effect: { type: "disconnect", when: "after" }, times: 1 });
    expect(await failure(send(server, simple()))).toMatchObject({ code: "ECONNRESET" });
    await eventually(async () => expect(await messages()).toHaveLength(before.length + 2));
    await send(server, simple());
  });

  it("answers late; removing the rules ends the wait", async () => {
    await faults.add({ effect: { type: "latency", milliseconds: 60_000 } });
    const sending = send(server, simple());
    await eventually(async () => expect(await faults.list()).toMatchObject([{ hits: 1 }]));
    await faults.clear();
    await sending;
  });
});

describe("over the SES API v1", () => {
  const mail = {
    Source: "sender@example.com",
    Destination: { ToAddresses: ["user@gmail.com"] },
    Message: { Subject: { Data: "v1" }, Body: { Text: { Data: "text" } } },
  };

  it("throttles with v1's code; the SDK retries and succeeds", async () => {
    await faults.add({ match: { operation: "SendEmail" }, effect: { type: "throttle" }, times: 2 });
    const impatient = new v1.SESClient(options(1));
    expect(await failure(impatient.send(new v1.SendEmailCommand(mail)))).toMatchObject({
      name: "Throttling",
      message: "Maximum sending rate exceeded.",
      Type: "Sender",
    });
    const patient = new v1.SESClient(options(2));
    expect((await patient.send(new v1.SendEmailCommand(mail))).$metadata.attempts).toBe(2);
    impatient.destroy();
    patient.destroy();
  });

  it("knows v1's operations and errors, and rules for messages", async () => {
    const client = new v1.SESClient(options(1));
    await faults.add({ match: { operation: "SendRawEmail", recipient: "x.example" }, effect: { type: "reject" } });
    await faults.add({
      match: { operation: ["SendTemplatedEmail"] },
      effect: { type: "error", code: "TemplateDoesNotExist", message: "Gone." },
    });
    const Data = Buffer.from("From: sender@example.com\r\nTo: a@x.example\r\n\r\ntext");
    expect(await failure(client.send(new v1.SendRawEmailCommand({ RawMessage: { Data } })))).toBeInstanceOf(
      v1.MessageRejected,
    );
    const templated = { ...mail, Template: "t", TemplateData: "{}" };
    const gone = await failure(client.send(new v1.SendTemplatedEmailCommand(templated)));
    expect(gone).toBeInstanceOf(v1.TemplateDoesNotExistException);
    expect(gone).toMatchObject({ message: "Gone." });
    await faults.add({ match: { operation: "SendEmail" }, effect: { type: "disconnect", when: "after" } });
    expect(await failure(client.send(new v1.SendEmailCommand(mail)))).toMatchObject({ code: "ECONNRESET" });
    client.destroy();
  });
});

describe("the outcome of captured mail", () => {
  it("is what a rule says for the recipient", async () => {
    await faults.add({
      match: { recipient: "full.example" },
      effect: {
        type: "outcome",
        events: [
          { type: "DELIVERY_DELAY", delayType: "MailboxFull" },
          { type: "BOUNCE", bounceType: "Transient", bounceSubType: "MailboxFull" },
        ],
      },
      times: 1,
    });
    const input = simple({ Destination: { ToAddresses: ["a@full.example", "b@free.example"] } });
    const first = await send(server, input);
    const types = async (id: string, recipient: string) =>
      (await (await mailglass.inbox.get(id)).events({ recipient })).map(({ type }) => type);
    expect(await types(first, "a@full.example")).toEqual(["SEND", "DELIVERY_DELAY", "BOUNCE"]);
    expect(await types(first, "b@free.example")).toEqual(["SEND", "DELIVERY"]);
    const bounced = told(await insightsOf(server, first)).find(([recipient]) => recipient === "a@full.example");
    expect(bounced?.[1]).toContainEqual(["BOUNCE", "TRANSIENT", "MAILBOX_FULL", "smtp; 552 5.2.2 mailbox full"]);
    expect(await types(await send(server, input), "a@full.example")).toEqual(["SEND", "DELIVERY"]);
  });
});

describe("rules", () => {
  it("of an account don't touch another", async () => {
    await using account = await mailglass.account();
    const mine = new SESv2Client(options(1, account));
    await account.faults.add({ effect: { type: "throttle" } });
    expect(await failure(mine.send(new GetAccountCommand({})))).toBeInstanceOf(TooManyRequestsException);
    await send(server, simple());
    expect(await faults.list()).toEqual([]);
    await callAdmin(server.app, "PUT", faultsUrl, { faults: [{ effect: { type: "reject" } }] });
    expect(await account.faults.list()).toMatchObject([{ effect: { type: "throttle" }, hits: 1 }]);
    expect(await callAdmin(server.app, "DELETE", faultsUrl)).toEqual({ deleted: 1 });
    expect(await failure(mine.send(new GetAccountCommand({})))).toBeInstanceOf(TooManyRequestsException);
    await expect(account.faults.add({ effect: { type: "smtp", stage: "CONNECT", code: 421 } })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("belongs to the default account and region"),
    });
    mine.destroy();
  });

  it("are replaced together, or not at all", async () => {
    await faults.add({ effect: { type: "reject" } });
    const rules = [{ effect: { type: "throttle" } }, { effect: { type: "latency", milliseconds: 5 } }];
    const bad = await adminRefusal(server.app, "PUT", faultsUrl, { faults: [...rules, { effect: { type: "x" } }] });
    expect(bad[0]).toBe(400);
    expect((await faults.list()).map(({ effect }) => effect.type)).toEqual(["reject"]);
    await callAdmin(server.app, "PUT", faultsUrl, { faults: rules });
    expect((await faults.list()).map(({ effect }) => effect.type)).toEqual(["throttle", "latency"]);
    const [rule] = await faults.list();
    expect((await server.app.inject({ method: "DELETE", url: `${faultsUrl}/${rule?.id}` })).statusCode).toBe(204);
    expect(await adminRefusal(server.app, "DELETE", `${faultsUrl}/${rule?.id}`)).toEqual([
      404,
      "There is no fault rule with this id.",
    ]);
    expect(await adminRefusal(server.app, "GET", `${faultsUrl}?what=1`)).toEqual([
      400,
      'There is no parameter "what" here.',
    ]);
  });

  it("go with a reset of their account, as the clock that it has moved; others stay", async () => {
    await using account = await mailglass.account();
    await faults.add({ effect: { type: "throttle" } });
    await account.faults.add({ effect: { type: "throttle" } });
    await mailglass.clock.advance("1h");
    await account.reset();
    expect(await faults.list()).toHaveLength(1);
    expect(await account.faults.list()).toEqual([]);
    expect((await mailglass.clock.state()).aheadMs).toBe(3_600_000);
    await mailglass.reset();
    expect(await faults.list()).toEqual([]);
    expect((await mailglass.clock.state()).aheadMs).toBe(0);
    // What the default account is called inside has changed.
    await faults.add({ effect: { type: "smtp", stage: "CONNECT", code: 421 } });
    const transport = createTransport({ host: "127.0.0.1", port: server.mailPorts.smtp ?? 0, ignoreTLS: true });
    const mail = { from: "sender@example.com", to: "one@example.net", text: "x" };
    expect(await failure(transport.sendMail(mail))).toMatchObject({ responseCode: 421 });
    transport.close();
  });

  it("are the same below /admin", async () => {
    await callAdmin(server.app, "POST", "/admin/faults", { effect: { type: "reject" } });
    expect(await faults.list()).toHaveLength(1);
  });
});

it("nothing of this exists where the endpoints for tests are off", async () => {
  const off = await startInProcess({ environment: { MAILGLASS_TEST_ENDPOINTS: "off" } });
  try {
    for (const prefix of ["/testing", "/admin"]) {
      for (const [method, path] of [
        ["GET", "/faults"],
        ["POST", "/faults"],
        ["PUT", "/faults"],
        ["DELETE", "/faults"],
        ["GET", "/clock"],
        ["PUT", "/clock"],
        ["DELETE", "/clock"],
        ["POST", "/messages/x/events"],
      ] as const) {
        const { statusCode } = await off.app.inject({ method, url: prefix + path });
        expect([method, prefix + path, statusCode]).toEqual([method, prefix + path, 404]);
      }
    }
  } finally {
    await off.close();
  }
});
