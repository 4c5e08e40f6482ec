/** Events besides mail: sending paused and resumed to webhooks and an event bus, suppressed addresses to webhooks. */
import {
  DeleteSuppressedDestinationCommand,
  PutAccountSendingAttributesCommand,
  PutConfigurationSetSendingOptionsCommand,
  PutSuppressedDestinationCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { type AwsDouble, startAwsDouble } from "./support/aws-double.ts";
import { createSet } from "./support/event-destinations.ts";
import { eventually } from "./support/eventually.ts";
import { createImport, endOfImport, suppressionDelete, suppressionPut, uploadFile } from "./support/import-jobs.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";
import { greet, type ScriptedServer, startScriptedServer, takeMail } from "./support/scripted-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { send, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

const bus = "arn:aws:events:us-east-1:123456789012:event-bus/accounts";

let double: AwsDouble<{ Entries: Record<string, unknown>[] }>;
let restoreVariables: () => void;
/** Refuses all recipients. */
let relay: ScriptedServer;
let server: InProcessServer;
let receiver: WebhookReceiver;

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
    environment: {
      MAILGLASS_EVENTBRIDGE_BUS: bus,
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
    },
  });
  const hooks = { sending: ["SENDING_PAUSED", "SENDING_RESUMED"], lists: ["SUPPRESSION_ADDED", "SUPPRESSION_REMOVED"] };
  for (const [name, eventTypes] of Object.entries(hooks)) {
    await callAdmin(server.app, "POST", "/admin/webhooks", { name, eventTypes, url: `${receiver.url}/${name}` });
  }
});
afterAll(async () => {
  await server?.close();
  await relay?.[Symbol.asyncDispose]();
  await receiver?.close();
  restoreVariables();
  await double?.close();
});
beforeEach(() => {
  double.calls.length = 0;
  receiver.received.length = 0;
});

/** What a webhook got, in any order: posts are concurrent. */
async function posted(name: string): Promise<unknown[]> {
  await allPublished(server);
  const posts = receiver.received.filter(({ path }) => path === `/${name}`);
  expect(new Set(posts.map(({ headers }) => headers["webhook-id"])).size).toBe(posts.length);
  return posts.map(({ body }) => JSON.parse(body));
}

const status = (enabled: boolean, more: object = {}) => ({
  eventType: enabled ? "SendingStatusEnabled" : "SendingStatusDisabled",
  version: "1.0.0",
  data: {
    origin: "CUSTOMER_MANAGED",
    record: {
      status: enabled ? "ENABLED" : "DISABLED",
      cause: "Status manually updated.",
      lastUpdatedTimestamp: Array.from({ length: 7 }, () => expect.any(Number)),
      ...more,
    },
  },
});

/** Calls, and expects one event at the webhook and on the bus for a change, and none otherwise. */
async function expectStatus(change: () => Promise<unknown>, event: object | undefined): Promise<void> {
  double.calls.length = 0;
  receiver.received.length = 0;
  await change();
  expect(await posted("sending")).toEqual(event ? [event] : []);
  const entries = double.calls.flatMap(({ input }) => input.Entries);
  const entry = {
    Source: "mailglass.ses",
    DetailType: expect.stringMatching(/^Sending Status (En|Dis)abled$/),
    Detail: expect.any(String),
    Time: expect.any(Number),
    EventBusName: bus,
  };
  expect(entries).toEqual(event ? [expect.objectContaining(entry)] : []);
  expect(entries.map(({ Detail }) => JSON.parse(`${Detail}`))).toEqual(event ? [event] : []);
}

it("pausing and resuming the account is published once each", async () => {
  const put = (SendingEnabled: boolean) => () =>
    server.client.send(new PutAccountSendingAttributesCommand({ SendingEnabled }));
  await expectStatus(put(true), undefined);
  await expectStatus(put(false), status(false));
  await expectStatus(put(false), undefined);
  await expectStatus(put(true), status(true));
});

it("pausing and resuming a configuration set is published once each, with its name", async () => {
  await createSet(server, "news");
  const put = (SendingEnabled: boolean) => () =>
    server.client.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: "news", SendingEnabled }));
  await expectStatus(put(true), undefined);
  await expectStatus(put(false), status(false, { configurationSetName: "news" }));
  await expectStatus(put(false), undefined);
  await expectStatus(put(true), status(true, { configurationSetName: "news" }));
});

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const added = (emailAddress: string, reason: string, more: object = {}) => ({
  eventType: "SuppressionAdded",
  suppression: { emailAddress, reason, timestamp: instant, ...more },
});
const removed = (emailAddress: string) => ({
  eventType: "SuppressionRemoved",
  suppression: { emailAddress, timestamp: instant },
});

it("an address that is put on the suppression list or deleted from it", async () => {
  const EmailAddress = "ada@example.org";
  await server.client.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: "COMPLAINT" }));
  expect(await posted("lists")).toEqual([added(EmailAddress, "COMPLAINT")]);
  receiver.received.length = 0;
  await server.client.send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
  expect(await refused(server.client.send(new DeleteSuppressedDestinationCommand({ EmailAddress })))).toEqual([
    "NotFoundException",
    expect.any(String),
  ]);
  expect(await posted("lists")).toEqual([removed(EmailAddress)]);
  expect(await posted("sending")).toEqual([]);
  expect(double.calls).toEqual([]);
});

it("an address that a hard bounce put on the list, with its message", async () => {
  const emailAddress = "gone@example.org";
  const messageId = await send(server, simple({ Destination: { ToAddresses: [emailAddress] } }));
  await eventually(() => expect(receiver.received).not.toEqual([]));
  expect(await posted("lists")).toEqual([added(emailAddress, "BOUNCE", { messageId })]);
});

it("the addresses of an import job", async () => {
  const addresses = ["one@example.org", "two@example.org"];
  const put = await uploadFile(server.url, "put.csv", addresses.map((address) => `${address},BOUNCE\n`).join(""));
  await endOfImport(server.client, await createImport(server.client, put, suppressionPut));
  const byAddress = (events: unknown[]) => events.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(byAddress(await posted("lists"))).toEqual(addresses.map((address) => added(address, "BOUNCE")));
  receiver.received.length = 0;
  const remove = await uploadFile(server.url, "delete.csv", ["nobody@example.org", ...addresses].join("\n"));
  await endOfImport(server.client, await createImport(server.client, remove, suppressionDelete));
  expect(byAddress(await posted("lists"))).toEqual(addresses.map(removed));
});
