/** Alerts in the list, in a webhook and on the event bus. */
import { CreateEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AlertList } from "../src/admin-api/alerts.ts";
import type { ChangedMirrorSource } from "../src/admin-api/mirror.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { type AwsDouble, startAwsDouble } from "./support/aws-double.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { greet, type ScriptedServer, startScriptedServer, takeMail } from "./support/scripted-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { send, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

let double: AwsDouble<{ Entries: Record<string, unknown>[] }>;
let restoreVariables: () => void;
/** A relay that refuses all recipients. */
let relay: ScriptedServer;
let receiver: WebhookReceiver;
let server: InProcessServer;
let ahead = 0;
const hour = 3_600_000;

beforeAll(async () => {
  double = await startAwsDouble();
  double.answer = ({ input }) => ({
    body: { FailedEntryCount: 0, Entries: input.Entries.map(() => ({ EventId: "e" })) },
  });
  restoreVariables = setSdkVariables(double.environment);
  receiver = await startWebhookReceiver();
  relay = await startScriptedServer(async (peer) => {
    await greet(peer);
    await takeMail(peer, { RCPT: "550 5.1.1 user unknown" });
  });
  server = await startInProcess({
    clock: () => new Date(Date.now() + ahead),
    environment: {
      MAILGLASS_EVENTBRIDGE_BUS: "arn:aws:events:us-east-1:123456789012:event-bus/accounts",
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
      MAILGLASS_ALERT_LEAST_MESSAGES: "20",
    },
  });
  const eventTypes = ["RATE_ALERT_OPENED", "RATE_ALERT_CLOSED", "SOURCE_ALERT_OPENED", "SOURCE_ALERT_CLOSED"];
  await callAdmin(server.app, "POST", "/admin/webhooks", { name: "alerts", eventTypes, url: receiver.url });
});
afterAll(async () => {
  await server?.close();
  await relay?.[Symbol.asyncDispose]();
  await receiver?.close();
  restoreVariables();
  await double?.close();
});

const list = (query = "") => callAdmin<AlertList>(server.app, "GET", `/admin/alerts${query}`);

/** The events that the webhook and the bus received since the last call. */
async function published(): Promise<{ posted: unknown[]; onBus: unknown[] }> {
  await allPublished(server);
  const posted = receiver.received.map(({ body }) => JSON.parse(body));
  const onBus = double.calls
    .flatMap(({ input }) => input.Entries)
    .map(({ DetailType, Detail }) => ({ DetailType, detail: JSON.parse(`${Detail}`) }));
  receiver.received.length = 0;
  double.calls.length = 0;
  return { posted, onBus };
}

it("an alert of a bounce rate opens once, is listed and published, and closes once", async () => {
  await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
  const ToAddresses = Array.from({ length: 30 }, (_, index) => `user-${index}@example.net`);
  await send(server, simple({ Destination: { ToAddresses } }));
  await eventually(async () => {
    server.alerts.wake();
    expect((await list()).open).toHaveLength(1);
  });
  const { open, closed } = await list();
  const [alert] = open;
  expect(closed).toEqual([]);
  expect(alert).toEqual({
    id: expect.any(String),
    kind: "bounce-rate",
    account: "000000000000",
    region: "us-east-1",
    subject: { type: "identity", name: "example.com" },
    text: expect.stringMatching(/^The bounce rate exceeded 5\.0% based on a representative volume of 30 emails from /),
    ...{ rate: expect.any(Number), threshold: 0.05, volume: 30, windowDays: 1, measuredAt: expect.any(String) },
    openedAt: expect.any(String),
  });
  const detail = {
    eventType: "AdvisorRecommendationStatusOpen",
    version: "1.0.0",
    data: expect.stringMatching(/^The bounce rate exceeded 5\.0%/),
    metadata: { impact: "HIGH", type: "BOUNCE" },
    alert: expect.objectContaining({ id: alert?.id, kind: "bounce-rate", subject: alert?.subject }),
  };
  const opened = await published();
  expect(opened.posted).toEqual([detail]);
  expect(opened.onBus).toEqual([{ DetailType: "Advisor Recommendation Status Open", detail }]);

  ahead = 8 * 24 * hour;
  await eventually(async () => {
    server.alerts.wake();
    const rows = await server.database.query("SELECT FROM alerts WHERE clear_since IS NOT NULL");
    expect(rows).toHaveLength(1);
  });
  expect((await list()).open).toHaveLength(1);
  ahead += hour;
  await eventually(async () => {
    server.alerts.wake();
    expect((await list()).open).toEqual([]);
  });
  expect((await list()).closed).toMatchObject([{ id: alert?.id, closedAt: expect.any(String) }]);
  const after = await published();
  const resolved = { eventType: "AdvisorRecommendationStatusResolved", alert: { id: alert?.id } };
  expect(after.posted).toMatchObject([resolved]);
  expect(after.onBus).toMatchObject([{ DetailType: "Advisor Recommendation Status Resolved", detail: resolved }]);
  expect(server.logged).toEqual([]);
});

it("an alert of a silent source is sent to the webhook, but not to the bus", async () => {
  const settings = { topicArns: ["arn:aws:sns:us-east-1:111122223333:ses-events"] };
  const source = { name: "prod", kind: "sns", settings, silenceSeconds: 60 };
  const { id } = await callAdmin<ChangedMirrorSource>(server.app, "POST", "/admin/mirror", source);
  ahead += hour;
  await eventually(async () => {
    server.alerts.wake();
    expect(await server.database.query("SELECT FROM alerts WHERE source IS NOT NULL")).toHaveLength(1);
  });
  expect((await list()).open).toEqual([]);
  ahead += 120_000;
  await eventually(async () => {
    server.alerts.wake();
    expect((await list()).open).toMatchObject([
      { kind: "source-silent", subject: { type: "source", id }, eventAt: null },
    ]);
  });
  expect((await list("?account=000000000000")).open).toEqual([]);
  expect(await published()).toMatchObject({
    posted: [{ eventType: "SourceAlertOpened", alert: { subject: { id } } }],
    onBus: [],
  });
  await callAdmin(server.app, "PATCH", `/admin/mirror/${id}`, { silenceSeconds: null });
  await eventually(async () => {
    server.alerts.wake();
    expect((await list()).open).toEqual([]);
  });
  expect((await published()).posted).toMatchObject([{ eventType: "SourceAlertClosed" }]);
  expect(await adminRefusal(server.app, "GET", "/admin/alerts?limit=1")).toEqual([
    400,
    expect.stringContaining("limit"),
  ]);
});
