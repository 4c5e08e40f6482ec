/** Clients of several languages and ages, each as its users have it: signed calls that read the quota, list and send. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as current from "@aws-sdk/client-ses";
import { GetMessageInsightsCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { rubyMissing, symfonyMissing } from "./support/missing-tools.ts";

let server: InProcessServer;
let credentials: { accessKeyId: string; secretAccessKey: string };
let v2: SESv2Client;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_AUTH: "required", MAILGLASS_IDENTITY_VERIFICATION: "off", MAILGLASS_RATE_LIMITS: "off" },
  });
  const { accessKeyId, secretAccessKey } = await createKey(server, new Date(), { description: "clients" });
  credentials = { accessKeyId, secretAccessKey };
  v2 = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  v2.destroy();
  await server.close();
});

const recipient = "success@simulator.amazonses.com";
const raw = `From: clients@clients.example\r\nTo: ${recipient}\r\nSubject: Raw\r\n\r\nHello\r\n`;
const quota = { Max24HourSend: 1_000_000_000, MaxSendRate: 10_000 };
const letter = {
  Source: "clients@clients.example",
  Destination: { ToAddresses: [recipient] },
  Message: { Subject: { Data: "Grüße" }, Body: { Text: { Data: "Hello" }, Html: { Data: "<p>Hello</p>" } } },
};

/** The subjects of messages, as v2 knows them. */
const subjects = (ids: readonly unknown[]) =>
  Promise.all(ids.map(async (id) => (await v2.send(new GetMessageInsightsCommand({ MessageId: String(id) }))).Subject));

/** Runs a program of `clients/`; resolves to the JSON that it prints. */
async function run(program: string, script: string, args: readonly string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(`clients/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(program, [file, ...args], {
    env: {
      PATH: "/usr/bin:/bin",
      LANG: "C.UTF-8",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  return JSON.parse(stdout);
}

describe.each([
  ["3.382 (July 2023)", () => import("client-ses-3.382")],
  ["current", async () => current],
] as const)("the JavaScript SDK %s", (_, load) => {
  it("reads the quota, lists identities, sends, and knows errors", async () => {
    const sdk: Readonly<Record<string, unknown>> = await load();
    const construct = (name: string, input: object): object => {
      const Class = sdk[name];
      if (typeof Class !== "function") throw new Error(`the SDK has no ${name}`);
      return Reflect.construct(Class, [input]);
    };
    const client = construct("SESClient", { endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
    const call = async (operation: string, input: object): Promise<{ MessageId?: string }> =>
      Reflect.apply(Reflect.get(client, "send"), client, [construct(`${operation}Command`, input)]);
    expect(await call("GetSendQuota", {})).toMatchObject(quota);
    await call("VerifyEmailIdentity", { EmailAddress: "clients@clients.example" });
    expect(await call("ListIdentities", { IdentityType: "EmailAddress" })).toMatchObject({
      Identities: ["clients@clients.example"],
    });
    const sent = await call("SendEmail", letter);
    const sentRaw = await call("SendRawEmail", { RawMessage: { Data: Buffer.from(raw) } });
    expect(await subjects([sent.MessageId, sentRaw.MessageId])).toEqual(["Grüße", "Raw"]);
    const refused = call("SendEmail", { ...letter, ConfigurationSetName: "unknown" });
    await expect(refused).rejects.toMatchObject({
      name: "ConfigurationSetDoesNotExistException",
      message: "Configuration set <unknown> does not exist.",
    });
    Reflect.apply(Reflect.get(client, "destroy"), client, []);
  });
});

it("the JavaScript SDK 2 reads the quota, lists identities, sends, and knows errors", async () => {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
  const { default: SES } = await import("aws-sdk/clients/ses.js");
  const client = new SES({ endpoint: server.url, region: "us-east-1", credentials, maxRetries: 0 });
  expect(await client.getSendQuota().promise()).toMatchObject(quota);
  await client.verifyDomainIdentity({ Domain: "clients.example" }).promise();
  expect((await client.listIdentities({ IdentityType: "Domain" }).promise()).Identities).toContain("clients.example");
  const sent = await client.sendEmail(letter).promise();
  const sentRaw = await client.sendRawEmail({ RawMessage: { Data: raw } }).promise();
  expect(await subjects([sent.MessageId, sentRaw.MessageId])).toEqual(["Grüße", "Raw"]);
  await expect(client.sendEmail({ ...letter, Source: "nobody" }).promise()).rejects.toMatchObject({
    code: "InvalidParameterValue",
    message: "Missing final '@domain'",
    statusCode: 400,
  });
});

it.skipIf(rubyMissing())("Ruby's SDK 1 reads the quota, lists identities, sends, and knows errors", async () => {
  const { hostname, port } = new URL(server.url);
  const told = Object(await run("/usr/bin/ruby", "aws-sdk-v1.rb", [hostname, port]));
  expect(told).toMatchObject({
    quota: { max_24_hour_send: quota.Max24HourSend, max_send_rate: quota.MaxSendRate },
    identities: expect.arrayContaining(["ruby.clients.example"]),
    refused: ["AWS::SimpleEmailService::Errors::InvalidParameterValue", "Missing final '@domain'"],
  });
  expect(await subjects(told.sent)).toEqual(["Grüße", "Raw"]);
});

it.skipIf(symfonyMissing())(
  "Symfony's mailer sends with its AsyncAws transports; its old one is told what to do",
  async () => {
    const told = Object(await run("/usr/bin/php", "symfony.php", [server.url]));
    expect(await subjects(told.sent)).toEqual(["Symfony", "Symfony"]);
    expect(told.refused).toContain("Signature Version 4");
  },
);
