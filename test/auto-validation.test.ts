/** GetEmailAddressInsights, and Auto Validation of mail by each way in. */
import { SESClient, SendEmailCommand as SendV1 } from "@aws-sdk/client-ses";
import {
  BatchGetMetricDataCommand,
  CreateConfigurationSetCommand,
  CreateEmailTemplateCommand,
  GetAccountCommand,
  GetEmailAddressInsightsCommand,
  ListSuppressedDestinationsCommand,
  PutAccountSuppressionAttributesCommand,
  PutAccountVdmAttributesCommand,
  SendBulkEmailCommand,
  type SuppressionConfidenceVerdictThreshold,
} from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { databases } from "./support/databases.ts";
import { type DnsServer, startDnsServer } from "./support/dns-server.ts";
import { eventDatabases } from "./support/event-databases.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

/** Both embedded, and both servers. */
const engines = databases.map((postgres, index) => ({ ...postgres, clickhouse: eventDatabases[index] }));

const diagnostic =
  "Mailglass did not send the message to this address because its validation is below the threshold of Auto Validation.";
const suppressed = [["SEND"], ["BOUNCE", "PERMANENT", "EMAIL_VALIDATION_SUPPRESSED", diagnostic]];
const delivered = [["SEND"], ["DELIVERY"]];

describe.each(engines)("on $name", ({ open, clickhouse }) => {
  let dns: DnsServer;
  let server: InProcessServer;
  let receiver: WebhookReceiver;
  let v1: SESClient;
  let closeStores: () => Promise<unknown>;
  let later = 0;

  beforeAll(async () => {
    dns = await startDnsServer({
      "good.example": { MX: [{ exchange: "mail.good.example", preference: 10 }] },
      "null.example": { MX: [{ exchange: ".", preference: 0 }] },
      "failing.example": { failure: "SERVFAIL" },
    });
    receiver = await startWebhookReceiver();
    const [database, events] = await Promise.all([open(), clickhouse?.open()]);
    closeStores = () => Promise.all([database.close(), events?.close()]);
    server = await startInProcess({
      database,
      ...(events && { events }),
      clock: () => new Date(Date.now() + later),
      environment: {
        MAILGLASS_DNS_SERVERS: dns.address,
        MAILGLASS_EXPORT_WORKERS: "0",
        MAILGLASS_SMTP_PORT: "0",
        MAILGLASS_RATE_LIMITS: "off",
      },
    });
    v1 = new SESClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" },
    });
    await server.client.send(new PutAccountVdmAttributesCommand({ VdmAttributes: { VdmEnabled: "ENABLED" } }));
    const TemplateContent = { Subject: "Hello", Text: "Hello {{name}}" };
    await server.client.send(new CreateEmailTemplateCommand({ TemplateName: "hello", TemplateContent }));
    for (const [ConfigurationSetName, condition] of [
      ["unvalidated", { ConditionThresholdEnabled: "DISABLED" }],
      ["strict", enabled("HIGH")],
    ] as const) {
      const SuppressionOptions = { ValidationOptions: { ConditionThreshold: condition } };
      await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName, SuppressionOptions }));
    }
  });
  afterAll(async () => {
    v1.destroy();
    await server.close();
    await Promise.all([closeStores(), receiver.close(), dns.close()]);
  });
  beforeEach(() => validate("MEDIUM"));

  const enabled = (ConfidenceVerdictThreshold: SuppressionConfidenceVerdictThreshold) => ({
    ConditionThresholdEnabled: "ENABLED" as const,
    OverallConfidenceThreshold: { ConfidenceVerdictThreshold },
  });
  const validate = (threshold: SuppressionConfidenceVerdictThreshold) =>
    server.client.send(
      new PutAccountSuppressionAttributesCommand({
        SuppressedReasons: ["BOUNCE", "COMPLAINT"],
        ValidationAttributes: { ConditionThreshold: enabled(threshold) },
      }),
    );
  const to = (...ToAddresses: string[]) => ({ Destination: { ToAddresses } });
  const outcomesOf = async (id: string) =>
    Object.fromEntries(told(await insightsOf(server, id))) as Record<string, unknown>;
  const outcomes = async (...input: Parameters<typeof simple>) => outcomesOf(await send(server, simple(...input)));
  const insights = async (EmailAddress: string) =>
    (await server.client.send(new GetEmailAddressInsightsCommand({ EmailAddress }))).MailboxValidation;
  const verdict = (ConfidenceVerdict: string) => ({ ConfidenceVerdict });

  it("evaluates an address, with what this account's mail says about it", async () => {
    const fresh = {
      IsValid: verdict("MEDIUM"),
      Evaluations: {
        HasValidSyntax: verdict("HIGH"),
        HasValidDnsRecords: verdict("HIGH"),
        IsRoleAddress: verdict("LOW"),
        IsDisposable: verdict("LOW"),
        IsRandomInput: verdict("LOW"),
      },
    };
    expect(await insights("jane.doe@good.example")).toEqual(fresh);
    await send(server, simple(to("jane.doe@good.example")));
    expect(await insights("Jane.Doe@Good.example")).toEqual({
      IsValid: verdict("HIGH"),
      Evaluations: { ...fresh.Evaluations, MailboxExists: verdict("HIGH") },
    });
    expect(await insights("info@null.example")).toMatchObject({
      IsValid: verdict("LOW"),
      Evaluations: { HasValidDnsRecords: verdict("LOW"), IsRoleAddress: verdict("HIGH") },
    });
    const unknown = await insights("jane@failing.example");
    expect(unknown?.IsValid).toEqual(verdict("MEDIUM"));
    expect(unknown?.Evaluations).not.toHaveProperty("HasValidDnsRecords");
    const invalid = { IsValid: verdict("LOW"), Evaluations: { HasValidSyntax: verdict("LOW") } };
    expect(await insights("not an address")).toEqual(invalid);
  });

  it("answers with and without the slash at the end of the path, and refuses what is no text to evaluate", async () => {
    const ask = async (path: string, body: object) => {
      const answer = await server.app.inject({ method: "POST", url: `/v2/email/email-address-insights${path}`, body });
      return [answer.statusCode, answer.json()];
    };
    const body = { EmailAddress: "info@null.example" };
    const [status, answer] = await ask("", body);
    expect(status).toBe(200);
    expect(await ask("/", body)).toEqual([status, answer]);
    const one = "1 validation error detected: Value at 'emailAddress' failed to satisfy constraint: Member must";
    expect(await ask("/", {})).toEqual([400, { message: `${one} not be null` }]);
    expect(await ask("/", { EmailAddress: "" })).toEqual([
      400,
      { message: `${one} have length greater than or equal to 1` },
    ]);
    expect(await ask("/", { EmailAddress: `${"a".repeat(320)}@good.example` })).toEqual([
      400,
      { message: `${one} have length less than or equal to 320` },
    ]);
    expect((await ask("/", { EmailAddress: 5 }))[0]).toBe(400);
  });

  it("sends nothing to addresses below the threshold, and mail to all others", async () => {
    const recipients = ["new@good.example", "any@null.example", "any@failing.example"];
    expect(await outcomes(to(...recipients, "success@simulator.amazonses.com"))).toEqual({
      "new@good.example": delivered,
      "any@null.example": suppressed,
      "any@failing.example": delivered,
      "success@simulator.amazonses.com": delivered,
    });
    const { SuppressedDestinationSummaries } = await server.client.send(new ListSuppressedDestinationsCommand());
    expect(SuppressedDestinationSummaries).toEqual([]);
  });

  it.each(["MEDIUM", "MANAGED"] as const)("%s sends to addresses that may be valid", async (threshold) => {
    await validate(threshold);
    const recipients = [`${threshold}@good.example`, `${threshold}@null.example`] as const;
    expect(Object.values(await outcomes(to(...recipients)))).toEqual([delivered, suppressed]);
  });

  it("HIGH sends only to addresses that got mail before, and while DNS doesn't answer", async () => {
    await validate("HIGH");
    const known = "known@good.example";
    expect(await outcomes(to(known, "any@failing.example"))).toEqual({
      [known]: suppressed,
      "any@failing.example": delivered,
    });
    expect(await outcomes({ ...to(known), ConfigurationSetName: "unvalidated" })).toEqual({ [known]: delivered });
    await server.recorder.drained();
    // Verdicts are remembered for minutes.
    later += 600_000;
    expect(await outcomes(to(known))).toEqual({ [known]: delivered });
  });

  it("a configuration set's options override the account's", async () => {
    const anyone = to("any@null.example", "unknown@good.example");
    expect(Object.values(await outcomes({ ...anyone, ConfigurationSetName: "unvalidated" }))).toEqual([
      delivered,
      delivered,
    ]);
    expect(Object.values(await outcomes({ ...anyone, ConfigurationSetName: "strict" }))).toEqual([
      suppressed,
      suppressed,
    ]);
  });

  it("applies to templates, bulk mail, SES v1 and SMTP", async () => {
    const { client } = server;
    const address = "any@null.example";
    const FromEmailAddress = "sender@example.com";
    const Template = { TemplateName: "hello", TemplateData: '{"name":"you"}' };
    const bulk = await client.send(
      new SendBulkEmailCommand({
        FromEmailAddress,
        DefaultContent: { Template },
        BulkEmailEntries: [to(address), to("bulk@good.example")],
      }),
    );
    const [toNull = "", toGood = ""] = (bulk.BulkEmailEntryResults ?? []).map(({ MessageId }) => MessageId);
    expect(await outcomesOf(toGood)).toEqual({ "bulk@good.example": delivered });
    const text = { Data: "hello" };
    const Message = { Subject: text, Body: { Text: text } };
    const { MessageId: byV1 = "" } = await v1.send(new SendV1({ Source: FromEmailAddress, ...to(address), Message }));
    const transport = createTransport({ host: "127.0.0.1", port: server.mailPorts.smtp, ignoreTLS: true });
    const { response } = await transport.sendMail({ from: FromEmailAddress, to: address, subject: "s", text: "t" });
    transport.close();
    const templated = await send(server, { FromEmailAddress, ...to(address), Content: { Template } });
    for (const id of [toNull, byV1, response.replace("250 Ok ", ""), templated]) {
      expect(await outcomesOf(id)).toEqual({ [address]: suppressed });
    }
  });

  it("counts toward the quota, but not as a bounce", async () => {
    const sent = async () => (await server.client.send(new GetAccountCommand())).SendQuota?.SentLast24Hours ?? 0;
    const before = await sent();
    const FromEmailAddress = "counted@metrics.example";
    await send(server, simple({ FromEmailAddress, ...to("any@null.example") }));
    expect(await sent()).toBe(before + 1);
    const midnight = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000);
    const query = (Metric: "SEND" | "PERMANENT_BOUNCE") => ({
      ...{
        Id: Metric.toLowerCase(),
        Namespace: "VDM" as const,
        Metric,
        Dimensions: { EMAIL_IDENTITY: FromEmailAddress },
      },
      ...{ StartDate: midnight, EndDate: new Date(midnight.getTime() + 2 * 86_400_000) },
    });
    const Queries = [query("SEND"), query("PERMANENT_BOUNCE")];
    const { Results = [] } = await server.client.send(new BatchGetMetricDataCommand({ Queries }));
    const sums = Results.map(({ Id, Values = [] }) => [Id, Values.reduce((sum, value) => sum + value, 0)]);
    expect(Object.fromEntries(sums)).toEqual({ send: 1, permanent_bounce: 0 });
  });

  it("publishes the bounce as SES does", async () => {
    const webhook = { name: "hook", url: receiver.url, configurationSet: "strict", eventTypes: ["BOUNCE"] };
    await callAdmin(server.app, "POST", "/admin/webhooks", webhook);
    await send(server, simple({ ...to("any@null.example"), ConfigurationSetName: "strict" }));
    await allPublished(server);
    const events = receiver.received.map(({ body }) => JSON.parse(body));
    expect(events).toMatchObject([
      {
        eventType: "Bounce",
        bounce: {
          bounceType: "Permanent",
          bounceSubType: "EmailValidationSuppressed",
          bouncedRecipients: [
            { emailAddress: "any@null.example", action: "failed", status: "5.1.1", diagnosticCode: diagnostic },
          ],
        },
      },
    ]);
  });

  it("logs nothing as an error", () => {
    expect(server.logged).toEqual([]);
  });
});
