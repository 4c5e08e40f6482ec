import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import { openTestWebhooks } from "../../../test/support/test-webhooks.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../../test/support/webhook-receiver.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type StoredWebhook, updateWebhook } from "../../stores/postgres/webhooks.ts";
import type { PublishedEvent } from "../published-event.ts";
import { readDeliveries } from "./delivery-log.ts";
import { createWebhook, findWebhook, rotateSecret } from "./manage-webhooks.ts";
import { publishPlainText } from "./subscription.ts";
import { createWebhookSender } from "./webhook-sender.ts";
import type { ScopedWebhookServices } from "./webhook-services.ts";

const dayMs = 24 * 3600_000;

function eventsOf(count: number): PublishedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    publication: 7,
    type: "DELIVERY",
    messageId: `message-${index}`,
    at: Date.now(),
    identity: "example.com",
    body: JSON.stringify({ eventType: "Delivery", index, text: "grüße" }),
  }));
}

describe.each(databases)("a webhook in $name", ({ open }) => {
  const { log } = recordingLog("warn");
  const { signal: running } = new AbortController();
  let database: ScopedDatabase;
  let receiver: WebhookReceiver;
  let services: ScopedWebhookServices;
  let now: Date;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    now = new Date();
    receiver = await startWebhookReceiver();
    services = await openServices({});
  });
  afterEach(async () => {
    await services.client.close();
    await receiver.close();
    await database.query("DELETE FROM webhooks");
    await database.query("DELETE FROM publication_targets");
  });

  const openServices = (options: { connections?: number; timeoutMillis?: number }) =>
    openTestWebhooks(database, { clock: () => now, log, ...options });

  const create = (more: object = {}) => createWebhook(services, { name: "hook", url: `${receiver.url}/in`, ...more });
  const entriesOf = async ({ id }: StoredWebhook) =>
    (await readDeliveries(database, id, { from: undefined, failed: false, limit: 1000 })).deliveries;

  it("gets each event with a signature that the Standard Webhooks library verifies, and the same id on a retry", async () => {
    const { webhook, secret = "" } = await create();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const send = createWebhookSender(services)(webhook).send;
    const events = eventsOf(20);
    for (const tries of [0, 1]) {
      const results = await send(events, { tries, stopping: running });
      expect(results).toEqual(events.map(() => ({ outcome: "delivered" })));
      now = new Date(now.getTime() + 2_000);
    }
    expect(receiver.received).toHaveLength(40);
    const verifier = new Webhook(secret);
    for (const { path, headers, body } of receiver.received) {
      expect(path).toBe("/in");
      expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "Mailglass" });
      expect(verifier.verify(body, headers)).toEqual(JSON.parse(body));
      expect(events.find(({ id }) => id === headers["webhook-id"])?.body).toBe(body);
      expect(() => verifier.verify(`${body} `, headers)).toThrow("No matching signature found");
    }
    const times = new Set(receiver.received.map(({ headers }) => headers["webhook-timestamp"]));
    expect(times.size).toBe(2);
  });

  it("accepts either secret during a rotation, and then the new one only", async () => {
    const { webhook, secret: first = "" } = await create();
    const { secret: second } = await rotateSecret(services, webhook.id, undefined);
    const [event] = eventsOf(1);
    const post = async () => {
      const sender = createWebhookSender(services)(await findWebhook(services, webhook.id));
      await sender.send(event ? [event] : [], { tries: 0, stopping: running });
      const { headers = {}, body = "" } = receiver.received.pop() ?? {};
      return [first, second].map((secret) => {
        try {
          return new Webhook(secret).verify(body, headers) !== undefined;
        } catch {
          return false;
        }
      });
    };
    expect(await post()).toEqual([true, true]);
    now = new Date(now.getTime() + dayMs);
    // The library does not accept timestamps of tomorrow, so compare the number of signatures.
    const [sender] = [createWebhookSender(services)(await findWebhook(services, webhook.id))];
    await sender.send(event ? [event] : [], { tries: 0, stopping: running });
    expect(receiver.received.pop()?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
    now = new Date(now.getTime() - dayMs);
    await rotateSecret(services, webhook.id, { keepPreviousHours: 0 });
    expect(await post()).toEqual([false, false]);
  });

  it("has secrets nowhere in plain text, and that belong to it", async () => {
    const { webhook, secret = "" } = await create();
    const bytes = Buffer.from(secret.slice("whsec_".length), "base64");
    const sealed = Buffer.from(webhook.sealedSecret ?? []);
    for (const plain of [bytes, Buffer.from(secret)]) expect(sealed.includes(plain)).toBe(false);
    const other = { ...webhook, id: randomUUID() };
    const sender = createWebhookSender(services)(other);
    await expect(sender.send(eventsOf(1), { tries: 0, stopping: running })).rejects.toThrow("sealed under another");
  });

  it("tells per event how it went, and logs each post with one row per call", async () => {
    const { webhook } = await create();
    const statuses = [200, 302, 400, 408, 410, 429, 500, 204];
    receiver.answer = ({ body }, response) => {
      const { index }: { index: number } = JSON.parse(body);
      response.writeHead(statuses[index] ?? 0).end(`answer ${index}`);
    };
    const events = eventsOf(statuses.length);
    const results = await createWebhookSender(services)(webhook).send(events, { tries: 2, stopping: running });
    expect(results.map((result) => (result.outcome === "failed" ? result.permanent : result.outcome))).toEqual([
      ...["delivered", true, true, false, true, false, false, "delivered"],
    ]);
    const rows = await database.query("SELECT failures FROM webhook_deliveries");
    expect(rows).toEqual([{ failures: 6 }]);
    const entries = await entriesOf(webhook);
    expect(entries).toHaveLength(events.length);
    for (const [index, event] of events.entries()) {
      expect(entries.find(({ eventId }) => eventId === event.id)).toMatchObject({
        type: "DELIVERY",
        // By it, the event is found for its body and to be sent again.
        publication: 7,
        messageId: `message-${index}`,
        url: `${receiver.url}/in`,
        try: 3,
        startedAt: now.getTime(),
        status: statuses[index],
        answer: index === 7 ? "" : `answer ${index}`,
      });
    }
  });

  it("gets no more posts at a time than it has connections, from all its senders together", async () => {
    await services.client.close();
    services = await openServices({ connections: 3 });
    const { webhook } = await create();
    receiver.answer = (_post, response) => setTimeout(() => response.end(), 5);
    const senderOf = createWebhookSender(services);
    await Promise.all([1, 2, 3].map(() => senderOf(webhook).send(eventsOf(10), { tries: 0, stopping: running })));
    expect(receiver.received).toHaveLength(30);
    expect(receiver.seen).toEqual({ connections: 3, atATime: 3 });
  });

  it("that hangs ends its sender after two rounds of posts, and other events come first in the next try", async () => {
    await services.client.close();
    services = await openServices({ connections: 4, timeoutMillis: 200 });
    const { webhook } = await create();
    receiver.answer = () => {};
    const events = eventsOf(40);
    const sender = createWebhookSender(services)(webhook);
    const results = await sender.send(events, { tries: 0, stopping: running });
    const failed = (error: string) => ({ outcome: "failed", permanent: false, error });
    expect(results[0]).toEqual(failed("no answer within 0.2 seconds"));
    expect(results[39]).toEqual(failed("not posted, since many posts before failed: no answer within 0.2 seconds"));
    expect(receiver.received).toHaveLength(8);
    await sender.send(events, { tries: 1, stopping: running });
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(16);
    expect(await entriesOf(webhook)).toHaveLength(16);
  });

  it("gets nothing new once its sender is to stop; posts in progress end", async () => {
    await services.client.close();
    services = await openServices({ connections: 2 });
    const { webhook } = await create();
    const stopping = new AbortController();
    receiver.answer = (_post, response) => {
      stopping.abort();
      response.end();
    };
    const results = await createWebhookSender(services)(webhook).send(eventsOf(10), {
      tries: 0,
      stopping: stopping.signal,
    });
    const delivered = results.filter(({ outcome }) => outcome === "delivered").length;
    expect(delivered).toBe(receiver.received.length);
    expect(delivered).toBeLessThanOrEqual(2);
    expect(results.filter(({ outcome }) => outcome === "untried")).toHaveLength(10 - delivered);
  });

  it("gets nothing while it is disabled, has not confirmed, or has no secret", async () => {
    const { webhook } = await create();
    const { webhook: unconfirmed } = await create({ name: "sns", envelope: "sns" });
    receiver.received.length = 0;
    const disabled = await updateWebhook(database, webhook.id, { ...webhook, enabled: false });
    const texts = [
      [disabled, "The webhook is disabled."],
      [{ ...webhook, sealedSecret: null }, "The webhook has no secret: rotate it."],
      [unconfirmed, "The receiver has not confirmed the subscription."],
    ] as const;
    for (const [one, error] of texts) {
      const results =
        one && (await createWebhookSender(services)(one).send(eventsOf(1), { tries: 0, stopping: running }));
      expect(results).toEqual([{ outcome: "failed", permanent: false, error }]);
    }
    await publishPlainText(services, webhook, "text");
    await publishPlainText(services, unconfirmed, "text");
    expect(receiver.received).toEqual([]);
  });

  it("that was deleted while it got events has no log", async () => {
    const { webhook } = await create();
    await database.query("DELETE FROM webhooks");
    const results = await createWebhookSender(services)(webhook).send(eventsOf(2), { tries: 0, stopping: running });
    expect(results).toEqual([{ outcome: "delivered" }, { outcome: "delivered" }]);
    expect(await database.query("SELECT FROM webhook_deliveries")).toEqual([]);
  });

  it("has a log that is read page by page, newest first, all or the failures", async () => {
    const { webhook } = await create();
    const sender = createWebhookSender(services)(webhook);
    receiver.answer = ({ body }, response) => response.writeHead(body.includes('"index":1,') ? 500 : 200).end();
    for (let count = 0; count < 12; count++) await sender.send(eventsOf(3), { tries: 0, stopping: running });
    for (const [failed, total] of [
      [false, 36],
      [true, 12],
    ] as const) {
      const seen: { id: string; error?: string | undefined }[] = [];
      let cursor: string | undefined;
      do {
        const [row, index] = cursor?.split("-").map(Number) ?? [];
        const from = row === undefined || index === undefined ? undefined : { row, index };
        const page = await readDeliveries(database, webhook.id, { from, failed, limit: 5 });
        seen.push(...page.deliveries);
        cursor = page.next;
      } while (cursor !== undefined);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(total);
      expect(seen).toHaveLength(total);
      const places = seen.map(({ id }) => id.split("-").map(Number)).map(([row = 0, index = 0]) => row * 1000 + index);
      expect(places).toEqual([...places].sort((a, b) => b - a));
      if (failed) for (const { error } of seen) expect(error).toBe("the receiver answered with status 500");
    }
  });
});
