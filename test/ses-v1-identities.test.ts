/** Domains and addresses through the API v1, as its clients manage them, with DNS and mail. */
import * as sdk from "@aws-sdk/client-ses";
import { GetEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsEmulator, startAwsEmulator } from "./support/aws-emulator.ts";
import { type DnsServer, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { boto3Missing, cliMissing } from "./support/missing-tools.ts";
import { type PythonClients, startPythonClients } from "./support/python-clients.ts";
import { type ReceivingServer, startReceivingServer } from "./support/receiving-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";

const credentials = { accessKeyId: "any", secretAccessKey: "thing" };
let aws: AwsEmulator;
let restoreVariables: () => void;
let dns: DnsServer;
let relay: ReceivingServer;
let server: InProcessServer;
let client: sdk.SESClient;
let v2Client: SESv2Client;
let python: PythonClients;
let now = new Date("2026-11-24T10:00:00Z");

beforeAll(async () => {
  aws = await startAwsEmulator();
  restoreVariables = setSdkVariables(aws.environment);
  dns = await startDnsServer({ "relay.test": { A: ["192.0.2.25"] }, "mx.test": { A: ["192.0.2.1"] } });
  relay = await startReceivingServer();
  server = await startInProcess({
    clock: () => now,
    environment: {
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
      MAILGLASS_HOSTNAME: "mx.test",
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_RATE_LIMITS: "off",
    },
  });
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
  await relay[Symbol.asyncDispose]();
  await dns.close();
  restoreVariables();
  await aws.stop();
});

type Call = (operation: string, input?: object) => Promise<unknown>;

const javaScript: Call = async (operation, input = {}) => {
  const name = operation.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const Command: unknown = Reflect.get(sdk, `${name}Command`);
  if (typeof Command !== "function") throw new Error(`the SDK has no ${name}Command`);
  return client.send(Reflect.construct(Command, [input]));
};

const boto3: Call = (operation, input) => python.boto3(operation, input);
const cli: Call = (operation, input) => python.cli(operation, input);

const v2 = (EmailIdentity: string) => v2Client.send(new GetEmailIdentityCommand({ EmailIdentity }));

describe.each([
  ["sdk.test", javaScript, undefined],
  ["boto3.test", boto3, boto3Missing()],
] as const)("%s", (domain, call, missing) => {
  it.skipIf(missing)("is verified by its token, set up, and deleted", async () => {
    const { VerificationToken: token } = Object(await call("verify-domain-identity", { Domain: domain }));
    const { DkimTokens: tokens } = Object(await call("verify-domain-dkim", { Domain: domain }));
    expect(tokens).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    dns.zone.set(`_amazonses.${domain}`, { TXT: [token] });
    // An earlier answer of DNS is used for a minute.
    now = new Date(now.getTime() + 120_000);
    await server.app.inject({ method: "POST", url: `/admin/identities/${domain}/check` });
    const asked = await call("get-identity-verification-attributes", { Identities: [domain, "unknown.test"] });
    expect(Object(asked).VerificationAttributes).toEqual({
      [domain]: { VerificationStatus: "Success", VerificationToken: token },
    });
    expect(await v2(domain)).toMatchObject({
      VerificationStatus: "SUCCESS",
      VerifiedForSendingStatus: true,
      DkimAttributes: { Status: "PENDING", Tokens: tokens },
    });

    await call("set-identity-dkim-enabled", { Identity: domain, DkimEnabled: false });
    await call("set-identity-mail-from-domain", { Identity: domain, MailFromDomain: `mail.${domain}` });
    const SnsTopic = aws.subscribedTopic(domain.replace(".", "-")).topicArn;
    await call("set-identity-notification-topic", { Identity: domain, NotificationType: "Bounce", SnsTopic });
    const headers = { Identity: domain, NotificationType: "Bounce", Enabled: true };
    await call("set-identity-headers-in-notifications-enabled", headers);
    await call("set-identity-feedback-forwarding-enabled", { Identity: domain, ForwardingEnabled: false });
    expect(await call("get-identity-dkim-attributes", { Identities: [domain] })).toMatchObject({
      DkimAttributes: { [domain]: { DkimEnabled: false, DkimVerificationStatus: "Pending", DkimTokens: tokens } },
    });
    expect(await call("get-identity-mail-from-domain-attributes", { Identities: [domain] })).toMatchObject({
      MailFromDomainAttributes: {
        [domain]: { MailFromDomain: `mail.${domain}`, BehaviorOnMXFailure: "UseDefaultValue" },
      },
    });
    expect(await call("get-identity-notification-attributes", { Identities: [domain] })).toMatchObject({
      NotificationAttributes: {
        [domain]: {
          ...{ BounceTopic: SnsTopic, ForwardingEnabled: false, HeadersInBounceNotificationsEnabled: true },
        },
      },
    });
    expect(await v2(domain)).toMatchObject({
      FeedbackForwardingStatus: false,
      DkimAttributes: { SigningEnabled: false },
      MailFromAttributes: { MailFromDomain: `mail.${domain}` },
    });

    const Policy = JSON.stringify({
      Statement: [
        {
          ...{ Effect: "Deny", Principal: "*", Action: "ses:SendRawEmail" },
          Resource: `arn:aws:ses:us-east-1:000000000000:identity/${domain}`,
        },
      ],
    });
    await call("put-identity-policy", { Identity: domain, PolicyName: "one", Policy });
    expect(await call("list-identity-policies", { Identity: domain })).toMatchObject({ PolicyNames: ["one"] });
    expect(await call("get-identity-policies", { Identity: domain, PolicyNames: ["one", "two"] })).toMatchObject({
      Policies: { one: Policy },
    });
    expect((await v2(domain)).Policies).toEqual({ one: Policy });
    await call("delete-identity-policy", { Identity: domain, PolicyName: "one" });

    for (const _ of [1, 2]) await call("delete-identity", { Identity: domain });
    await expect(v2(domain)).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it.skipIf(missing)("has an address that is verified by mail, and sends", async () => {
    const address = `me@${domain}`;
    await call("verify-email-identity", { EmailAddress: address });
    const mail = await eventually(() => {
      const found = relay.taken.find(({ to }) => to.includes(address));
      if (!found) throw new Error("not yet");
      return found;
    });
    const { text = "" } = await PostalMime.parse(mail.mime);
    const link = /http\S+\/identities\/verify\/\S+/.exec(text)?.[0] ?? "";
    const status = async () =>
      Object(await call("get-identity-verification-attributes", { Identities: [address] })).VerificationAttributes;
    expect(await status()).toEqual({ [address]: { VerificationStatus: "Pending" } });
    await server.app.inject({ method: "POST", url: new URL(link).pathname });
    expect(await status()).toEqual({ [address]: { VerificationStatus: "Success" } });
    expect(await call("list-identities", { IdentityType: "EmailAddress", MaxItems: 5 })).toMatchObject({
      Identities: [address],
    });

    const before = Object(await call("get-send-statistics")).SendDataPoints;
    await call("send-email", {
      Source: address,
      Destination: { ToAddresses: ["you@recipient.test", "bounce@simulator.amazonses.com"] },
      Message: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Hello" } } },
    });
    const after = Object(await call("get-send-statistics")).SendDataPoints;
    const attempts = (points: { DeliveryAttempts: number }[]) =>
      points.reduce((sum, { DeliveryAttempts }) => sum + DeliveryAttempts, 0);
    expect(attempts(after) - attempts(before)).toBe(1);
    expect(after[0]).toMatchObject({ Timestamp: expect.anything(), Bounces: 0, Complaints: 0, Rejects: 0 });

    await call("delete-identity", { Identity: address });
    expect(await call("list-identities")).toMatchObject({ Identities: [] });
  });

  it.skipIf(missing)("is told what is wrong", async () => {
    const refusal = (operation: string, input: object) => expect(call(operation, input)).rejects;
    await refusal("verify-domain-identity", { Domain: "no domain" }).toThrow("Invalid domain name <no domain>.");
    await refusal("list-identities", { MaxItems: 0 }).toThrow("MaxItems must be between 1 and 1000.");
    await refusal("set-identity-mail-from-domain", { Identity: "unknown.test", MailFromDomain: "a.test" }).toThrow(
      "Identity <unknown.test> does not exist.",
    );
    await refusal("put-identity-policy", { Identity: "unknown.test", PolicyName: "one", Policy: "{" }).toThrow("JSON");
  });
});

it.skipIf(cliMissing())("the AWS CLI verifies, lists and deletes a domain", async () => {
  const domain = "cli.test";
  const { VerificationToken: token } = Object(await cli("verify-domain-identity", { Domain: domain }));
  expect(await cli("get-identity-verification-attributes", { Identities: [domain] })).toEqual({
    VerificationAttributes: { [domain]: { VerificationStatus: "Pending", VerificationToken: token } },
  });
  expect(await cli("list-identities", { IdentityType: "Domain" })).toEqual({ Identities: [domain] });
  await expect(cli("set-identity-dkim-enabled", { Identity: domain, DkimEnabled: true })).rejects.toThrow(
    `Domain ${domain} is not verified for DKIM signing.`,
  );
  await cli("delete-identity", { Identity: domain });
  expect(await cli("list-identities")).toEqual({ Identities: [] });
});

it.each([
  ["the SDK", javaScript, undefined],
  ["boto3", boto3, boto3Missing()],
] as const)("%s has the deprecated operations", async (name, call, missing) => {
  if (missing) return;
  const EmailAddress = `${name.replace(" ", "-")}@deprecated.test`;
  await call("verify-email-address", { EmailAddress });
  expect(await v2(EmailAddress)).toMatchObject({ VerificationStatus: "PENDING" });
  expect(await call("list-verified-email-addresses")).toMatchObject({ VerifiedEmailAddresses: [] });
  await call("delete-verified-email-address", { EmailAddress });
  await expect(v2(EmailAddress)).rejects.toMatchObject({ name: "NotFoundException" });
});

it("logs no error", () => expect(server.logged).toEqual([]));
