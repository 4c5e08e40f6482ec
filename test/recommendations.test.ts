/** Recommendations and blocklist reports over HTTP, and their events in a webhook and on the event bus. */
import {
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
  GetBlacklistReportsCommand,
  ListRecommendationsCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { queryName } from "../src/dnsbl/look-up.ts";
import type { DnsAdvice } from "../src/identities/dns-records.ts";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { type AwsDouble, startAwsDouble } from "./support/aws-double.ts";
import { type DnsServer, publishRecord, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

let double: AwsDouble<{ Entries: Record<string, unknown>[] }>;
let restoreVariables: () => void;
let receiver: WebhookReceiver;
let dns: DnsServer;
let server: InProcessServer;
let ahead = 0;
const day = 86_400_000;

beforeAll(async () => {
  double = await startAwsDouble();
  double.answer = ({ input }) => ({
    body: { FailedEntryCount: 0, Entries: input.Entries.map(() => ({ EventId: "e" })) },
  });
  restoreVariables = setSdkVariables(double.environment);
  receiver = await startWebhookReceiver();
  dns = await startDnsServer({
    "mx.test": { A: ["192.0.2.1"], TXT: ["v=spf1 a -all"], ttl: 0 },
    [queryName("bl.test", "127.0.0.2")]: { A: ["127.0.0.2"] },
    [queryName("bl.test", "192.0.2.1")]: { A: ["127.0.0.2"], TXT: ["https://bl.test/192.0.2.1"] },
    "_dmarc.example.com": { TXT: ["v=DMARC1; p=reject"] },
    "default._bimi.example.com": { TXT: ["v=BIMI1; l=https://example.com/logo.svg"] },
  });
  server = await startInProcess({
    clock: () => new Date(Date.now() + ahead),
    environment: {
      MAILGLASS_EVENTBRIDGE_BUS: "arn:aws:events:us-east-1:123456789012:event-bus/accounts",
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_HOSTNAME: "mx.test",
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_RECOMMENDATIONS: "on",
      MAILGLASS_DNSBLS: "bl.test",
    },
  });
  const eventTypes = ["RECOMMENDATION_OPENED", "RECOMMENDATION_FIXED"];
  await callAdmin(server.app, "POST", "/admin/webhooks", { name: "advice", eventTypes, url: receiver.url });
});
afterAll(async () => {
  await server?.close();
  await dns?.close();
  await receiver?.close();
  restoreVariables();
  await double?.close();
});

const list = async (Filter?: Record<string, string>) =>
  (await server.client.send(new ListRecommendationsCommand({ Filter }))).Recommendations ?? [];
const identity = "arn:aws:ses:us-east-1:000000000000:identity/example.com";

/** The events that the webhook and the bus received since the last call. */
async function published() {
  await allPublished(server);
  const posted = receiver.received.map(({ body }) => JSON.parse(body));
  const onBus = double.calls
    .flatMap(({ input }) => input.Entries)
    .map(({ DetailType, Resources, Detail }) => ({ DetailType, Resources, detail: JSON.parse(`${Detail}`) }));
  receiver.received.length = 0;
  double.calls.length = 0;
  return { posted, onBus };
}

it("an address on a blocklist is recommended and reported", async () => {
  await eventually(async () => {
    server.recommendations?.wake();
    expect(await list()).toHaveLength(1);
  });
  const [listing] = await list();
  expect(listing).toMatchObject({
    Type: "IP_LISTING",
    Impact: "HIGH",
    Status: "OPEN",
    Description: "The address 192.0.2.1 is on the blocklist bl.test: https://bl.test/192.0.2.1",
  });
  expect(listing?.ResourceArn).toBeUndefined();
  const { BlacklistReport } = await server.client.send(
    new GetBlacklistReportsCommand({ BlacklistItemNames: ["192.0.2.1"] }),
  );
  expect(BlacklistReport).toEqual({
    "192.0.2.1": [{ RblName: "bl.test", ListingTime: expect.any(Date), Description: "https://bl.test/192.0.2.1" }],
  });
  await expect(
    server.client.send(new GetBlacklistReportsCommand({ BlacklistItemNames: ["192.0.2.2"] })),
  ).rejects.toMatchObject({ name: "NotFoundException" });
  const { onBus } = await published();
  expect(onBus).toMatchObject([{ DetailType: "Advisor Recommendation Status Open", Resources: [] }]);
});

it("a wrong DKIM record opens a recommendation, and the right one fixes it", async () => {
  const { DkimAttributes } = await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
  const name = `${DkimAttributes?.Tokens?.[0]}._domainkey.example.com`;
  dns.zone.set(name, { TXT: ["v=DKIM1; p=AAAA"], ttl: 0 });
  // The key is generated for the advice.
  const { records } = await callAdmin<DnsAdvice>(server.app, "GET", "/admin/identities/example.com/dns");
  await eventually(async () => {
    server.recommendations?.wake();
    expect(await list({ RESOURCE_ARN: identity })).toHaveLength(1);
  });
  const [key] = records;
  if (key?.type !== "TXT") throw new Error("the first record is that of the key");
  const Description = `The DKIM record ${name} does not have the public key of example.com.`;
  expect(await list({ RESOURCE_ARN: identity })).toMatchObject([
    { ResourceArn: identity, Type: "DKIM", Status: "OPEN", Impact: "HIGH", Description },
  ]);
  const recommendation = { id: expect.any(String), type: "DKIM", identity: "example.com" };
  const opened = {
    eventType: "AdvisorRecommendationStatusOpen",
    version: "1.0.0",
    data: Description,
    metadata: { impact: "HIGH", type: "DKIM" },
    recommendation: { ...recommendation, openedAt: expect.any(String) },
  };
  const first = await published();
  expect(first.posted).toEqual([opened]);
  expect(first.onBus).toEqual([
    { DetailType: "Advisor Recommendation Status Open", Resources: [identity], detail: opened },
  ]);

  publishRecord(dns.zone, { ...key, type: "TXT" });
  ahead = day;
  await eventually(async () => {
    server.recommendations?.wake();
    expect(await list({ STATUS: "FIXED" })).toMatchObject([{ Type: "DKIM", Description }]);
  });
  const { onBus } = await published();
  expect(onBus).toMatchObject([
    { DetailType: "Advisor Recommendation Status Resolved", detail: { recommendation, data: Description } },
  ]);
  await server.client.send(new DeleteEmailIdentityCommand({ EmailIdentity: "example.com" }));
  expect(await list({ RESOURCE_ARN: identity })).toEqual([]);
});
