/** LocalStack's inspection of sent mail, by the assertions that its own tests and its users' tests make. */
import * as v1 from "@aws-sdk/client-ses";
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import nodemailer from "nodemailer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { startServer } from "./support/server-process.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
let server: InProcessServer;
let ses: v1.SESClient;
beforeAll(async () => {
  const environment = {
    MAILGLASS_REGIONS: "*",
    MAILGLASS_ACCOUNTS_FROM_KEYS: "on",
    MAILGLASS_SMTP_PORT: "0",
  };
  server = await startInProcess({ environment });
  ses = new v1.SESClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  ses.destroy();
  await server.close();
});
beforeEach(async () => {
  expect((await call("DELETE", "/_aws/ses")).status).toBe(204);
});

const call = (method: string, path: string, init: RequestInit = {}) => fetch(server.url + path, { method, ...init });

async function sent(query = "", path = "/_aws/ses"): Promise<Record<string, unknown>[]> {
  const answer = await call("GET", path + query);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
  const { messages, ...rest } = Object(await answer.json());
  expect(rest).toEqual({});
  return messages;
}

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);

function sendText(subject: string, source = "sender@example.com") {
  return ses.send(
    new v1.SendEmailCommand({
      Source: source,
      Destination: { ToAddresses: ["success@example.com"] },
      Message: { Subject: { Data: subject }, Body: { Text: { Data: "A message" } } },
    }),
  );
}

describe("GET /_aws/ses", () => {
  it("has a message of SendEmail, with the members that apply", async () => {
    const { MessageId: id } = await ses.send(
      new v1.SendEmailCommand({
        Source: '"Shop, Inc." <sender@example.com>',
        Destination: { ToAddresses: ["Ada <ada@example.com>"], BccAddresses: ["hidden@example.com"] },
        Message: {
          Subject: { Data: "Grüße" },
          Body: { Text: { Data: "A message\nof two lines" }, Html: { Data: "<p>A message</p>" } },
        },
        ReplyToAddresses: ["reply@example.com"],
        Tags: [{ Name: "a", Value: "b" }],
      }),
    );
    expect(await sent()).toEqual([
      {
        Id: id,
        Region: "us-east-1",
        Timestamp: timestamp,
        Source: '"Shop, Inc." <sender@example.com>',
        Destination: { ToAddresses: ["Ada <ada@example.com>"], BccAddresses: ["hidden@example.com"] },
        Subject: "Grüße",
        Body: { text_part: "A message\nof two lines", html_part: "<p>A message</p>" },
      },
    ]);
  });

  it("has null for a part that the body does not have", async () => {
    await sendText("only text");
    expect(await sent()).toMatchObject([{ Body: { text_part: "A message", html_part: null } }]);
    const message = { Subject: { Data: "x" }, Body: { Html: { Data: "<b>x</b>" } } };
    const destination = { ToAddresses: ["a@example.com"] };
    await ses.send(new v1.SendEmailCommand({ Source: "s@example.com", Destination: destination, Message: message }));
    expect((await sent()).at(-1)).toMatchObject({ Body: { text_part: null, html_part: "<b>x</b>" } });
  });

  it.each([
    ["LF", "From: s@example.com\nTo: a@example.com\nBcc: b@example.com\nSubject: test\n\nThe body.\n\n"],
    ["CRLF", "X-First: 1\r\nFrom: s@example.com\r\nMessage-ID: <own@example.com>\r\nTo: a@example.com\r\n\r\nbödy\r\n"],
  ])("has raw mail as it was sent, with %s, and no other content", async (_name, raw) => {
    const data = { Data: Buffer.from(raw) };
    const { MessageId: id } = await ses.send(new v1.SendRawEmailCommand({ RawMessage: data, Source: "s@example.com" }));
    const messages = [{ Id: id, Region: "us-east-1", Timestamp: timestamp, Source: "s@example.com", RawData: raw }];
    expect(await sent()).toEqual(messages);
    await server.client.send(new SendEmailCommand({ Content: { Raw: data } }));
    expect(await sent()).toMatchObject([{}, { Source: "s@example.com", RawData: raw }]);
    expect((await sent()).at(-1)).not.toHaveProperty("Subject");
  });

  it("has templated mail as template and data, not rendered", async () => {
    const template = { TemplateName: "hello", SubjectPart: "Hello {{name}}", TextPart: "Dear {{name}}" };
    await ses.send(new v1.CreateTemplateCommand({ Template: template }));
    const data = '{"name": "Ada" }';
    const { MessageId: id } = await ses.send(
      new v1.SendTemplatedEmailCommand({
        Source: "sender@example.com",
        Template: "hello",
        TemplateData: data,
        Destination: { ToAddresses: ["ada@example.com"] },
      }),
    );
    expect(await sent()).toEqual([
      {
        Id: id,
        Region: "us-east-1",
        Timestamp: timestamp,
        Source: "sender@example.com",
        Template: "hello",
        TemplateData: data,
        Destination: { ToAddresses: ["ada@example.com"] },
      },
    ]);
    await ses.send(
      new v1.SendBulkTemplatedEmailCommand({
        Source: "sender@example.com",
        Template: "hello",
        DefaultTemplateData: '{"name":"you"}',
        Destinations: [
          { Destination: { ToAddresses: ["a@example.com"] } },
          { Destination: { CcAddresses: ["b@example.com"] }, ReplacementTemplateData: '{"name":"B"}' },
        ],
      }),
    );
    const bulk = (await sent())
      .slice(1)
      .map(({ Template, TemplateData, Destination }) => [Template, JSON.parse(String(TemplateData)), Destination]);
    expect(new Set(bulk)).toEqual(
      new Set([
        ["hello", { name: "you" }, { ToAddresses: ["a@example.com"] }],
        ["hello", { name: "B" }, { CcAddresses: ["b@example.com"] }],
      ]),
    );
    await ses.send(new v1.DeleteTemplateCommand({ TemplateName: "hello" }));
  });

  it("has mail of SES v2 beside that of v1, in the order of sending, of all accounts and regions", async () => {
    await sendText("1");
    await server.client.send(
      new SendEmailCommand({
        FromEmailAddress: "Two <two@example.com>",
        Destination: { ToAddresses: ["a@example.com"] },
        Content: {
          Template: { TemplateContent: { Subject: "{{n}}", Html: "<i>{{n}}</i>" }, TemplateData: '{"n":"2"}' },
        },
      }),
    );
    const other = new v1.SESClient({
      endpoint: server.url,
      region: "eu-west-1",
      credentials: { accessKeyId: "111122223333", secretAccessKey: "test" },
    });
    const message = { Subject: { Data: "3" }, Body: { Text: { Data: "3" } } };
    const destination = { ToAddresses: ["a@example.com"] };
    await other.send(new v1.SendEmailCommand({ Source: "s@example.com", Destination: destination, Message: message }));
    other.destroy();
    expect(await sent()).toMatchObject([
      { Subject: "1", Region: "us-east-1" },
      {
        Subject: "2",
        Source: "Two <two@example.com>",
        TemplateData: '{"n":"2"}',
        Body: { text_part: null, html_part: "<i>2</i>" },
      },
      { Subject: "3", Region: "eu-west-1" },
    ]);
    expect(await sent("?account=111122223333&region=eu-west-1")).toMatchObject([{ Subject: "3" }]);
  });

  it("has mail over SMTP as raw mail", async () => {
    const transport = nodemailer.createTransport({ host: "127.0.0.1", port: server.mailPorts.smtp, ignoreTLS: true });
    await transport.sendMail({ from: "Me <me@example.com>", to: "a@example.com", subject: "hi", text: "by SMTP" });
    transport.close();
    const [message, ...others] = await sent();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ Source: "me@example.com", RawData: expect.stringContaining("by SMTP\r\n") });
  });

  it("filters by ID and by sender; empty parameters and the older path are the same", async () => {
    const { MessageId: id } = await sendText("1", "one@example.com");
    await sendText("2", "Two <two@example.com>");
    const subjects = async (query: string) => (await sent(query)).map(({ Subject }) => Subject);
    expect(await subjects(`?id=${id}`)).toEqual(["1"]);
    expect(await subjects("?email=one@example.com")).toEqual(["1"]);
    expect(await subjects(`?email=${encodeURIComponent('"Two" <two@example.com>')}`)).toEqual(["2"]);
    expect(await subjects("?email=two@example.com")).toEqual([]);
    expect(await subjects("?email=one")).toEqual([]);
    expect(await subjects(`?id=${id}&email=two@example.com`)).toEqual([]);
    expect(await subjects("?id=&email=")).toEqual(["1", "2"]);
    expect((await sent("", "/_localstack/ses")).length).toBe(2);
  });

  it.each(["nothing", "%00", "0100ffffffffffff-00000000-0000-0000-0000-000000000000-000000", "x".repeat(3000)])(
    "has nothing for the ID %.20s",
    async (id) => {
      await sendText("1");
      expect(await sent(`?id=${id}`)).toEqual([]);
      expect((await call("DELETE", `/_aws/ses?id=${id}`)).status).toBe(204);
      expect((await sent()).length).toBe(1);
    },
  );
});

describe("DELETE /_aws/ses", () => {
  it("deletes one message, or all, and leaves templates", async () => {
    const { MessageId: id } = await sendText("1");
    await sendText("2");
    const one = await call("DELETE", `/_aws/ses?id=${id}`);
    expect([one.status, await one.text()]).toEqual([204, ""]);
    expect(await sent()).toMatchObject([{ Subject: "2" }]);
    expect((await call("DELETE", "/_localstack/ses")).status).toBe(204);
    expect(await sent()).toEqual([]);
  });

  it("is refused to pages of other sites, and so is a reset", async () => {
    await sendText("1");
    const headers = { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" };
    expect((await call("DELETE", "/_aws/ses", { headers })).status).toBe(403);
    expect((await call("POST", "/_localstack/state/reset", { headers })).status).toBe(403);
    expect((await sent()).length).toBe(1);
  });
});

describe("LocalStack's paths about the server", () => {
  it("says that SES runs", async () => {
    const answer = await call("GET", "/_localstack/health");
    expect([answer.status, answer.headers.get("x-localstack")]).toEqual([200, expect.stringMatching(/^\d+\.\d+/)]);
    const health = { services: { ses: "running", sesv2: "running" }, edition: "community" };
    expect(await answer.json()).toMatchObject({ ...health, version: answer.headers.get("x-localstack") });
    expect(await (await call("GET", "/_floci/health")).json()).toMatchObject(health);
    expect((await call("HEAD", "/_localstack/health")).status).toBe(200);
  });

  it("has info and the stages of init", async () => {
    const completed = { BOOT: true, START: true, READY: true, SHUTDOWN: false };
    expect(await (await call("GET", "/_localstack/init")).json()).toEqual({ completed, scripts: [] });
    expect(await (await call("GET", "/_localstack/init/Ready")).json()).toEqual({ completed: true, scripts: [] });
    expect((await call("GET", "/_localstack/init/nothing")).status).toBe(404);
    expect(await (await call("GET", "/_localstack/info")).json()).toMatchObject({
      edition: "community",
      is_license_activated: false,
      uptime: expect.any(Number),
    });
  });

  it.each(["/_localstack/state/reset", "/_floci/state/reset", "/_localstack/state/ses/reset"])(
    "POST %s resets everything",
    async (path) => {
      await sendText("1");
      await ses.send(
        new v1.CreateTemplateCommand({ Template: { TemplateName: "t", SubjectPart: "x", TextPart: "y" } }),
      );
      const answer = await call("POST", path);
      expect([answer.status, await answer.json()]).toEqual([200, { status: "OK" }]);
      expect(await sent()).toEqual([]);
      expect((await ses.send(new v1.ListTemplatesCommand())).TemplatesMetadata).toEqual([]);
    },
  );

  it("does not pretend to reset what it does not have", async () => {
    expect((await call("POST", "/_localstack/state/s3/reset")).status).toBe(404);
  });
});

describe("what the LocalStack modules of Testcontainers wait for", () => {
  it("is there, on the port that they map", async () => {
    const port = await freePort();
    const process = await startServer({ environment: { MAILGLASS_EXTRA_PORTS: String(port) } });
    try {
      // Go: the health check, on LocalStack's port.
      await expect
        .poll(() => fetch(`http://127.0.0.1:${port}/_localstack/health`).then(({ status }) => status))
        .toBe(200);
      // Java and Python, then Node.
      await expect.poll(() => process.output()).toMatch(/Ready\.\n/);
      await eventually(() => expect(process.output()).toMatch(/^Ready\.$/m));
      const client = new v1.SESClient({ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", credentials });
      const { Max24HourSend } = await client.send(new v1.GetSendQuotaCommand());
      expect(Max24HourSend).toBeGreaterThan(0);
      // The connection to the extra port is still open: the server stops nevertheless.
      const exit = await process.kill("SIGTERM");
      expect(exit).toMatchObject({ code: 0 });
      client.destroy();
    } finally {
      await process.stop();
    }
  });

  it("is refused with the setting's name if the port is taken", async () => {
    const port = new URL(server.url).port;
    await expect(startServer({ environment: { MAILGLASS_EXTRA_PORTS: port } })).rejects.toThrow(
      /MAILGLASS_EXTRA_PORTS: can't listen on port \d+: .*EADDRINUSE/,
    );
  });
});

describe("with test endpoints off", () => {
  it("the paths do not exist", async () => {
    const off = await startInProcess({ environment: { MAILGLASS_TEST_ENDPOINTS: "off" } });
    try {
      for (const path of ["/_aws/ses", "/_localstack/health", "/moto-api/data.json", "/store", "/api/v1/messages"]) {
        expect((await fetch(off.url + path)).status).toBe(404);
      }
    } finally {
      await off.close();
    }
  });
});
