/** Publishing needs neither the event database nor a certain server: servers on one database share it. */
import { randomUUID } from "node:crypto";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import type { CreatedWebhook } from "../src/admin-api/webhooks.ts";
import type { EventDatabase } from "../src/stores/clickhouse/event-database.ts";
import { openServer } from "../src/stores/postgres/server.ts";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { createServerDatabase } from "./support/databases.ts";
import { eventDatabases } from "./support/event-databases.ts";
import { addDestination, createSet, typesByMessage } from "./support/event-destinations.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { send, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

const [engine] = eventDatabases;

function openEvents(): Promise<EventDatabase> {
  if (!engine) throw new Error("there are no engines");
  return engine.open();
}

const environment = { MAILGLASS_EXPORT_WORKERS: "0" };

/** Adds a webhook, and a destination of a new configuration set that leads to it. */
async function publishTo(server: InProcessServer, { url }: WebhookReceiver, set: string): Promise<void> {
  const hook = { name: `hook-${randomUUID()}`, url, eventTypes: [] };
  const { topicArn } = await callAdmin<CreatedWebhook>(server.app, "POST", "/admin/webhooks", hook);
  await createSet(server, set);
  await addDestination(server, [set, "hook"], { SnsDestination: { TopicArn: topicArn } });
}

const eventsAt = (receiver: WebhookReceiver) => typesByMessage(receiver.received.map(({ body }) => JSON.parse(body)));

/** The event database, or one whose every call fails while it is away. */
function leavingEvents(events: EventDatabase): { events: EventDatabase; leave(): void; comeBack(): void } {
  let away = false;
  const check = () => {
    if (away) throw new Error("the event database is away");
  };
  const client = new Proxy(events.client, {
    get(target, name, receiver) {
      check();
      return Reflect.get(target, name, receiver);
    },
  });
  return {
    events: {
      ...events,
      client,
      async insertRows(...rows) {
        check();
        return events.insertRows(...rows);
      },
      async openSession() {
        check();
        return events.openSession();
      },
    },
    leave: () => {
      away = true;
    },
    comeBack: () => {
      away = false;
    },
  };
}

it("while the event database is away, sends, deliveries, and opens and clicks of recent mail are published", async () => {
  const store = await openEvents();
  const { events, leave, comeBack } = leavingEvents(store);
  const server = await startInProcess({ events, environment });
  await using receiver = await startWebhookReceiver();
  try {
    await publishTo(server, receiver, "news");
    leave();
    const html = '<p><a href="https://shop.example/">shop</a></p>';
    const Content = { Simple: { Subject: { Data: "Hi" }, Body: { Html: { Data: html } } } };
    const id = await send(server, simple({ ConfigurationSetName: "news", Content }));
    await allPublished(server);
    expect(eventsAt(receiver)).toEqual({ [id]: ["Delivery", "Send"] });

    comeBack();
    const answer = await server.app.inject(`/admin/messages/${id}/mail?recipient=user@gmail.com`);
    leave();
    const { html: tracked = "" } = await PostalMime.parse(answer.rawPayload);
    const urls = [...tracked.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, url = ""]) => new URL(url));
    expect(urls).toHaveLength(2);
    for (const { pathname, search } of urls) {
      const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
      await server.app.inject({ url: pathname + search, headers: { "user-agent": userAgent } });
    }
    await allPublished(server);
    expect(eventsAt(receiver)).toEqual({ [id]: ["Click", "Delivery", "Open", "Send"] });
  } finally {
    comeBack();
    await server.close();
    await store.close();
  }
});

describe("two servers on one database", () => {
  /** Runs a test on two servers of its own; the second is started by the test. */
  async function withServers(test: (start: () => Promise<InProcessServer>) => Promise<void>): Promise<void> {
    const { url, drop } = await createServerDatabase("migrated");
    const pools = await Promise.all([openServer(url), openServer(url)]);
    const events = await openEvents();
    const servers: InProcessServer[] = [];
    const start = async () => {
      const database = pools[servers.length];
      if (!database) throw new Error("there are two");
      const objects = servers[0]?.objects;
      const own = { ...environment, MAILGLASS_WEBHOOK_CONNECTIONS: "2" };
      const server = await startInProcess({ database, events, ...(objects && { objects }), environment: own });
      servers.push(server);
      return server;
    };
    try {
      await test(start);
    } finally {
      for (const server of servers.toReversed()) await server.close();
      await events.close();
      for (const pool of pools) await pool.close();
      await drop();
    }
  }

  it("publish each event once, whichever server was sent the mail", () =>
    withServers(async (start) => {
      const [one, other] = [await start(), await start()];
      await using receiver = await startWebhookReceiver();
      await publishTo(one, receiver, "news");
      const mail = simple({ ConfigurationSetName: "news" });
      // The other server knows of the destination within a second.
      await eventually(async () => expect(await other.publishing.subscriptions.destinations()).toHaveLength(1));
      const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => send(n % 2 === 0 ? one : other, mail)));
      await allPublished(one);
      expect(eventsAt(receiver)).toEqual(Object.fromEntries(ids.map((id) => [id, ["Delivery", "Send"]])));
    }));

  it("hand over what waits when one is stopped, each event once", () =>
    withServers(async (start) => {
      const one = await start();
      await using receiver = await startWebhookReceiver();
      const held: (() => void)[] = [];
      receiver.answer = (_post, response) => void held.push(() => response.writeHead(204).end());
      await publishTo(one, receiver, "news");
      const mail = simple({ ConfigurationSetName: "news" });
      const ids = await Promise.all(Array.from({ length: 20 }, () => send(one, mail)));
      await eventually(() => expect(held).toHaveLength(2));
      const other = await start();
      const closed = one.close();
      receiver.answer = (_post, response) => response.writeHead(204).end();
      for (const answer of held) answer();
      await closed;
      await allPublished(other);
      expect(eventsAt(receiver)).toEqual(Object.fromEntries(ids.map((id) => [id, ["Delivery", "Send"]])));
    }));
});
