/**
 * A server that is killed while it accepts mail and publishes its events to three destinations, one of which fails half
 * the time: every event of every acknowledged message arrives at each of them, and always with the same ID and body.
 * PUBLISHING_KILL_RUN=10 makes 10 kills with 1,000 messages each; KILL_SEED=N repeats the moments.
 */
import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  type SESv2Client,
  SendBulkEmailCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import type { CreatedWebhook, Webhook, WebhookList } from "../src/admin-api/webhooks.ts";
import { type AwsEmulator, type SubscribedTopic, startAwsEmulator } from "./support/aws-emulator.ts";
import { EventArrivals, eventKey } from "./support/event-arrivals.ts";
import { eventually } from "./support/eventually.ts";
import { randomNumbers } from "./support/random.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";
import { type ReceivedPost, startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

const fullRun = process.env.PUBLISHING_KILL_RUN;
const kills = Number(fullRun ?? 2);
const messagesPerKill = fullRun === undefined ? 300 : 1_000;
/** How often an event fails. Each time costs its second. */
const mostFailures = fullRun === undefined ? 3 : Number.POSITIVE_INFINITY;
const entriesPerCall = 25;
const callers = 4;
const seed = Number(process.env.KILL_SEED ?? Math.trunc(Math.random() * 2 ** 32));
const random = randomNumbers(seed);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A receiver that fails half the time fails so often in a row once in 10^12 times. */
const retries = Array.from({ length: 40 }, () => 1).join();

describe("a server that is killed while it publishes", () => {
  let dataDir: string;
  let emulator: AwsEmulator;
  let topic: SubscribedTopic;
  let failing: WebhookReceiver;
  let signed: WebhookReceiver;
  const arrivals = { failing: new EventArrivals(), signed: new EventArrivals(), queue: new EventArrivals() };
  const answers = { failed: 0, closed: 0 };
  const servers: ServerProcess[] = [];
  const failuresOf = new Map<string, number>();
  /** Of the events of acknowledged messages. */
  const expected: string[] = [];
  let acknowledged = 0;
  let sent = 0;
  let drained = 0;

  beforeAll(async () => {
    console.log(`publishing kill run: KILL_SEED=${seed}`);
    dataDir = await temporaryFolder();
    emulator = await startAwsEmulator();
    topic = emulator.subscribedTopic("events");
    failing = await startWebhookReceiver();
    failing.answer = (post, response) => {
      failing.received.length = 0;
      const id = post.headers["webhook-id"] ?? "";
      const failures = failuresOf.get(id) ?? 0;
      const chance = failures < mostFailures ? random() : 1;
      arrivals.failing.add({ body: post.body, id }, chance >= 0.5);
      if (chance >= 0.5) return response.writeHead(204).end();
      failuresOf.set(id, failures + 1);
      answers[chance < 0.25 ? "failed" : "closed"]++;
      return chance < 0.25 ? response.writeHead(500).end("not now") : response.destroy();
    };
    signed = await startWebhookReceiver();
    signed.answer = async (post, response) => {
      signed.received.length = 0;
      await takeSigned(post);
      response.writeHead(200).end();
    };
  });
  afterAll(async () => {
    await failing.close();
    await signed.close();
    await emulator.stop();
    await removeFolder(dataDir);
  });

  async function takeSigned({ body }: ReceivedPost): Promise<void> {
    const { Type, SubscribeURL, Message, MessageId } = JSON.parse(body);
    if (Type === "SubscriptionConfirmation") await fetch(SubscribeURL);
    else if (isEvent(Message)) arrivals.signed.add({ body: Message, id: MessageId }, true);
  }

  function drain(): void {
    const envelopes = topic.waitingFrom(drained);
    drained += envelopes.length;
    for (const { Message } of envelopes)
      if (isEvent(Message)) arrivals.queue.add({ body: Message, id: undefined }, true);
  }

  /** How many events each destination lacks. */
  function lost(): number[] {
    drain();
    return Object.values(arrivals).map((one) => one.lost(expected).length);
  }

  async function start(): Promise<ServerProcess> {
    const server = await startServer({
      dataDir,
      environment: {
        ...emulator.environment,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_PUBLISHING_RETRY_SECONDS: retries,
      },
    });
    servers.push(server);
    onTestFailed(() => console.log(server.output().slice(-10_000)));
    return server;
  }

  async function createDestinations(server: ServerProcess): Promise<void> {
    const client = server.client();
    await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "news" }));
    const first = await createWebhook(server, { name: "failing", url: failing.url, envelope: "event" });
    const second = await createWebhook(server, { name: "signed", url: signed.url, envelope: "sns" });
    await eventually(async () => {
      const shown = await webhooksOf(server);
      expect(shown.find(({ id }) => id === second.id)).toMatchObject({ confirmed: true });
    });
    for (const [index, TopicArn] of [first.topicArn, second.topicArn, topic.topicArn].entries()) {
      await client.send(
        new CreateConfigurationSetEventDestinationCommand({
          ConfigurationSetName: "news",
          EventDestinationName: `destination-${index}`,
          EventDestination: {
            Enabled: true,
            MatchingEventTypes: ["SEND", "DELIVERY", "BOUNCE"],
            SnsDestination: { TopicArn },
          },
        }),
      );
    }
  }

  /** Sends until so many messages are acknowledged in all, or the server is gone. */
  async function sendUntil(client: SESv2Client, goal: number): Promise<void> {
    let gone = false;
    const caller = async () => {
      while (!gone && acknowledged < goal) {
        const first = sent;
        sent += entriesPerCall;
        await sendCall(client, first).catch(() => {
          gone = true;
        });
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
  }

  /** Each fifth message has two recipients. */
  async function sendCall(client: SESv2Client, first: number): Promise<void> {
    const entries = Array.from({ length: entriesPerCall }, (_, index) => {
      const n = first + index;
      return [`user-${n}@example.org`, ...(n % 5 === 0 ? [`other-${n}@example.net`] : [])];
    });
    const { BulkEmailEntryResults = [] } = await client.send(
      new SendBulkEmailCommand({
        FromEmailAddress: "sender@sender.example",
        ConfigurationSetName: "news",
        DefaultContent: { Template: { TemplateContent: { Subject: "Hello", Text: "Hello" }, TemplateData: "{}" } },
        BulkEmailEntries: entries.map((ToAddresses) => ({ Destination: { ToAddresses } })),
      }),
    );
    for (const [index, { Status, MessageId = "" }] of BulkEmailEntryResults.entries()) {
      if (Status !== "SUCCESS") throw new Error(`a message was not accepted: ${Status}`);
      acknowledged++;
      expected.push(eventKey("Send", MessageId));
      for (const recipient of entries[index] ?? []) expected.push(eventKey("Delivery", MessageId, recipient));
    }
  }

  it(`publishes every event of what it acknowledged, in spite of ${kills} kills`, async () => {
    const began = performance.now();
    for (let kill = 0; kill < kills; kill++) {
      const server = await start();
      if (kill === 0) await createDestinations(server);
      const before = { acknowledged, arrived: arrivals.signed.size };
      const sending = sendUntil(server.client(), (kill + 1) * messagesPerKill);
      const part = Math.ceil(random() * messagesPerKill);
      if (kill % 2 === 0) {
        await eventually(() => expect(acknowledged - before.acknowledged).toBeGreaterThanOrEqual(part));
      } else {
        await sending;
        await eventually(() => expect(arrivals.signed.size - before.arrived).toBeGreaterThanOrEqual(part));
      }
      await server.kill("SIGKILL");
      expect(arrivals.failing.lost(expected).length, "the kill must come before the end").toBeGreaterThan(0);
      await sending;
    }
    await using server = await start();
    await sendUntil(server.client(), kills * messagesPerKill);
    const patience = { timeout: 400_000, interval: 250 };
    await expect.poll(lost, patience).toEqual([0, 0, 0]);

    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`publishing kill run: ${acknowledged} acknowledged, ${expected.length} events, ${seconds} s`, answers);
    for (const [name, one] of Object.entries(arrivals)) {
      console.log(`  ${name}: ${one.size} arrived, ${one.repeats} of them again`);
    }
    expectOneIdEach();
    expectOneBodyEach();
    expect(servers.filter((one) => one.output().includes("given up"))).toEqual([]);
    expect((await server.stop()).code).toBe(0);
  }, 3_600_000);

  /** An event has one ID at both webhooks, and no two events share one. */
  function expectOneIdEach(): void {
    const ids = new Map(arrivals.failing.ids);
    for (const [key, own] of arrivals.signed.ids) ids.set(key, new Set([...own, ...(ids.get(key) ?? [])]));
    expect([...ids].filter(([, { size }]) => size !== 1)).toEqual([]);
    const all = [...ids.values()].flatMap((own) => [...own]);
    expect(all.filter((id) => !uuid.test(id))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  }

  /** The body of an event is the same everywhere, except for the line break of SNS's messages. */
  function expectOneBodyEach(): void {
    const differing = expected.filter((key) => {
      const bodies = Object.values(arrivals).flatMap((one) => [...(one.bodies.get(key) ?? [])]);
      return new Set(bodies.map((body) => body.trimEnd())).size !== 1;
    });
    expect(differing).toEqual([]);
  }
});

function isEvent(message: string): boolean {
  return message.startsWith("{");
}

async function createWebhook(server: ServerProcess, choices: object): Promise<CreatedWebhook> {
  const answer = await fetch(`${server.url}/admin/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...choices, eventTypes: [] }),
  });
  const created: unknown = await answer.json();
  expect(answer.status, JSON.stringify(created)).toBe(201);
  return created as CreatedWebhook;
}

async function webhooksOf(server: ServerProcess): Promise<Webhook[]> {
  const answer = await fetch(`${server.url}/admin/webhooks`);
  const { webhooks } = (await answer.json()) as WebhookList;
  return webhooks;
}
