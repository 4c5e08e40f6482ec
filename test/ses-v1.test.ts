/** The SES API v1 as its clients speak it: SDKs, the AWS CLI and nodemailer 6, with signatures. */
import { createRequire } from "node:module";
import * as sdk from "@aws-sdk/client-ses";
import { GetMessageInsightsCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { boto3Missing, cliMissing } from "./support/missing-tools.ts";
import { type PythonClients, startPythonClients } from "./support/python-clients.ts";

let server: InProcessServer;
let credentials: { accessKeyId: string; secretAccessKey: string };
let client: sdk.SESClient;
let v2Client: SESv2Client;
let python: PythonClients;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_AUTH: "required", MAILGLASS_IDENTITY_VERIFICATION: "off", MAILGLASS_RATE_LIMITS: "off" },
  });
  const { accessKeyId, secretAccessKey } = await createKey(server, new Date(), { description: "tests" });
  credentials = { accessKeyId, secretAccessKey };
  const options = { endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 };
  client = new sdk.SESClient(options);
  v2Client = new SESv2Client(options);
  python = startPythonClients({ service: "ses", url: server.url, credentials });
});
afterAll(async () => {
  await python.stop();
  client.destroy();
  v2Client.destroy();
  await server.close();
});

type Call = (operation: string, input: object) => Promise<unknown>;

/** The SDK, by the CLI's names of operations. */
const javaScript: Call = async (operation, input) => {
  const name = operation.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const Command: unknown = Reflect.get(sdk, `${name}Command`);
  if (typeof Command !== "function") throw new Error(`the SDK has no ${name}Command`);
  return client.send(Reflect.construct(Command, [input]));
};

const boto3: Call = (operation, input) => python.boto3(operation, input);
const cli: Call = (operation, input) => python.cli(operation, input);

/** The message as v2 tells it. */
const insights = (answer: unknown) =>
  v2Client.send(new GetMessageInsightsCommand({ MessageId: Object(answer).MessageId }));

const recipient = "success@simulator.amazonses.com";
const given = (text: string): unknown => text;
const base64 = (text: string): unknown => Buffer.from(text).toString("base64");
const bytes = (text: string): unknown => Buffer.from(text);

describe.each([
  ["the SDK of 2023", javaScript, bytes, undefined],
  ["boto3 of Debian", boto3, given, boto3Missing()],
  ["the AWS CLI of Debian", cli, base64, cliMissing()],
] as const)("%s", (name, call, data, missing) => {
  it.skipIf(missing)("reads the quota, and pauses and resumes sending", async () => {
    expect(await call("get-send-quota", {})).toMatchObject({
      Max24HourSend: 1_000_000_000,
      MaxSendRate: 10_000,
      SentLast24Hours: expect.any(Number),
    });
    await call("update-account-sending-enabled", { Enabled: false });
    expect(await call("get-account-sending-enabled", {})).toMatchObject({ Enabled: false });
    const refused = call("send-email", letter("Not sent"));
    await expect(refused.catch(String)).resolves.toMatch(/AccountSendingPausedException\b.*: Sending paused for this/s);
    await call("update-account-sending-enabled", { Enabled: true });
    expect(await call("get-account-sending-enabled", {})).toMatchObject({ Enabled: true });
  });

  it.skipIf(missing)("sends, and v2 knows the mail", async () => {
    const sent = await call("send-email", letter(`Grüße & <Küsse> + 100% von ${name}`));
    expect(sent).toMatchObject({ MessageId: expect.stringMatching(/^0100/) });
    expect(await insights(sent)).toMatchObject({
      FromEmailAddress: "sender@v1.example",
      Subject: `Grüße & <Küsse> + 100% von ${name}`,
      EmailTags: expect.arrayContaining([
        { Name: "campaign", Value: "spring" },
        { Name: "ses:operation", Value: "SendEmail" },
      ]),
      Insights: [{ Destination: recipient }, { Destination: "copy@v1.example" }],
    });

    // To of the message is not a recipient: Destinations are.
    const raw = `From: raw@v1.example\r\nTo: other@v1.example\r\nSubject: Raw ${name}\r\n\r\nHello\r\n`;
    const sentRaw = await call("send-raw-email", { Destinations: [recipient], RawMessage: { Data: data(raw) } });
    expect(await insights(sentRaw)).toMatchObject({
      FromEmailAddress: "raw@v1.example",
      Subject: `Raw ${name}`,
      EmailTags: expect.arrayContaining([{ Name: "ses:operation", Value: "SendRawEmail" }]),
      Insights: [{ Destination: recipient }],
    });
  });

  it.skipIf(missing)("is told what is wrong with a call", async () => {
    await expect(call("send-email", { ...letter("x"), Source: "nobody" })).rejects.toThrow("Missing final '@domain'");
    const unknownSet = call("send-email", { ...letter("x"), ConfigurationSetName: "unknown" });
    await expect(unknownSet).rejects.toThrow("Configuration set <unknown> does not exist.");
    await expect(call("list-receipt-filters", {})).rejects.toThrow("Mailglass does not receive mail");
    const sender = { EmailAddress: "new@v1.example", ConfigurationSetName: "set", TemplateName: "confirm" };
    await expect(call("send-custom-verification-email", sender)).rejects.toThrow("Template <confirm> does not exist");
  });
});

function letter(subject: string) {
  return {
    Source: "Sender <sender@v1.example>",
    Destination: { ToAddresses: [recipient], CcAddresses: ["copy@v1.example"], BccAddresses: [] },
    Message: {
      Subject: { Data: subject, Charset: "UTF-8" },
      Body: { Text: { Data: "Hello" }, Html: { Data: "<p>Hello</p>" } },
    },
    ReplyToAddresses: ["reply@v1.example"],
    ReturnPath: "bounces@v1.example",
    Tags: [{ Name: "campaign", Value: "spring" }],
  };
}

describe("the SDK of 2023", () => {
  it("makes its own exceptions of errors, with their members", async () => {
    const refused = await client
      .send(new sdk.SendEmailCommand({ ...letter("x"), ConfigurationSetName: "unknown" }))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(sdk.ConfigurationSetDoesNotExistException);
    expect(refused).toMatchObject({ ConfigurationSetName: "unknown", $fault: "client" });
  });

  it("is refused with a wrong secret", async () => {
    const wrong = new sdk.SESClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { ...credentials, secretAccessKey: "wrong" },
      maxAttempts: 1,
    });
    await expect(wrong.send(new sdk.GetSendQuotaCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
    wrong.destroy();
  });

  it("sends a raw message of 10 MB, and no longer one", async () => {
    const head = "From: a@v1.example\r\nSubject: Large\r\n\r\n";
    const line = `${"x".repeat(74)}\r\n`;
    const ofBytes = (size: number) =>
      Buffer.from((head + line.repeat(Math.ceil(size / line.length))).slice(0, size - 2).concat("\r\n"));
    const send = (Data: Buffer) =>
      client.send(new sdk.SendRawEmailCommand({ Destinations: [recipient], RawMessage: { Data } }));
    expect((await send(ofBytes(10_400_000))).MessageId).toMatch(/^0100/);
    await expect(send(ofBytes(10_485_761))).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: "Message length is more than 10485760 bytes long: '10485761'.",
    });
    const Data = "x".repeat(76).concat("\n").repeat(140_000);
    const long = { ...letter("Long"), Message: { Subject: { Data: "Long" }, Body: { Text: { Data } } } };
    await expect(client.send(new sdk.SendEmailCommand(long))).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: expect.stringMatching(/^Message length is more than 10485760 bytes long: '\d+'\.$/),
    });
  });
});

describe("nodemailer 6", () => {
  // It comes with @novu/ses.
  const nodemailer = createRequire(createRequire(import.meta.url).resolve("@novu/ses"))("nodemailer");
  const transport = () => nodemailer.createTransport({ SES: { ses: client, aws: sdk } });

  it("verifies the connection, and sends", async () => {
    expect(await transport().verify()).toBe(true);
    const sent = await transport().sendMail({
      from: "nodemailer@v1.example",
      to: recipient,
      bcc: "hidden@v1.example",
      subject: "nodemailer",
      text: "Hello",
      attachments: [{ filename: "a.txt", content: "attached" }],
    });
    expect(sent.response).toMatch(/^0100/);
    expect(await insights({ MessageId: sent.response })).toMatchObject({
      Subject: "nodemailer",
      Insights: [{ Destination: recipient }, { Destination: "hidden@v1.example" }],
    });
  });

  it("verifies where senders must be verified, too, and nothing is sent", async () => {
    const strict = await startInProcess({
      environment: { MAILGLASS_IDENTITY_VERIFICATION: "required", MAILGLASS_RATE_LIMITS: "off" },
    });
    const its = new sdk.SESClient({ endpoint: strict.url, region: "us-east-1", credentials, maxAttempts: 1 });
    try {
      expect(await nodemailer.createTransport({ SES: { ses: its, aws: sdk } }).verify()).toBe(true);
      expect((await its.send(new sdk.GetSendQuotaCommand({}))).SentLast24Hours).toBe(0);
    } finally {
      its.destroy();
      await strict.close();
    }
  });
});
