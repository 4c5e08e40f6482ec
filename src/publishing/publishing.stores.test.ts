import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventually } from "../../test/support/eventually.ts";
import { deliveryEvent, sendEvent } from "../../test/support/mail-events.ts";
import { noObjects } from "../../test/support/no-objects.ts";
import { recordingLog } from "../../test/support/recording-log.ts";
import { type RecordingSender, recordingSender } from "../../test/support/recording-sender.ts";
import { suppressNothing } from "../../test/support/suppression-rules.ts";
import { type CommitServices, commitEntries } from "../events/commit.ts";
import type { MailEvent } from "../events/event.ts";
import { createMessageId } from "../events/message-id.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Database } from "../stores/postgres/database.ts";
import { selectBacklogs } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatus } from "../stores/postgres/publication-targets.ts";
import { countUnrouted } from "../stores/postgres/publications.ts";
import { buryAllWorkers } from "../stores/postgres/queue-workers.ts";
import { createMessageRenderers } from "./message-renderers.ts";
import { startPublisher, type TargetState } from "./publisher.ts";
import { createPublishingFeed } from "./publishing-feed.ts";
import { type BacklogLimits, startRouter } from "./router.ts";
import type { Subscription, Subscriptions } from "./subscriptions.ts";

const noNotifications: Subscriptions["notifications"] = { isEmpty: true, of: () => undefined };

describe.each(databases)("publishing with $name", ({ open }) => {
  let database: Database;
  let list: Subscription[];
  let senders: Map<string, RecordingSender | "held" | "gone">;
  let history: (messageId: string) => Promise<EventRow[]>;
  let stops: (() => Promise<void>)[];
  const subscriptions = async () => ({ list, notifications: noNotifications });

  beforeEach(async () => {
    database = await open();
    list = [];
    senders = new Map();
    history = async () => [];
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    await database.close();
  });

  function subscribe(target: string, over: Partial<Subscription> = {}): RecordingSender {
    const types = new Set(["SEND", "DELIVERY"] as const);
    list.push({ target, configurationSet: "news", types, byMinute: false, ...over });
    const sender = recordingSender();
    senders.set(target, sender);
    return sender;
  }

  async function stateOf(target: string): Promise<TargetState> {
    const sender = senders.get(target) ?? "gone";
    return typeof sender === "string" ? { state: sender } : { state: "open", sender };
  }

  function start({ retries = [0.01], limits }: { retries?: number[]; limits?: Partial<BacklogLimits> } = {}) {
    const renderers = createMessageRenderers({
      database,
      history: (messageId) => history(messageId),
      render: async ({ configuration_set = "", identity = "", source = "", message_id }) => ({
        configurationSet: configuration_set,
        identity,
        source,
        event: ({ type }) => JSON.stringify({ eventType: type, messageId: message_id }),
        notification: ({ type }) => JSON.stringify({ notificationType: type }),
      }),
    });
    const common = { database, clock: () => new Date(), log: recordingLog("fatal").log, pace: unpaced };
    const publisher = startPublisher({ ...common, targetState: stateOf }, { retries, maxAgeMs: 60_000 });
    const router = startRouter(
      { ...common, renderers, subscriptions, queued: publisher.wake },
      { events: 1_000_000, bytes: 1 << 30, ...limits },
    );
    stops.push(publisher.stop, router.stop);
    return { router, publisher };
  }

  async function commit(events: readonly MailEvent[], origin?: { configurationSet: string | undefined }) {
    const services: CommitServices = {
      database,
      objects: noObjects,
      suppressionRules: suppressNothing,
      interest: () => createPublishingFeed(subscriptions).interest(),
      clock: () => new Date(),
    };
    await commitEntries(services, [{ kind: "events", events, origin: origin && { tenant: undefined, ...origin } }]);
  }

  /** A SEND and its delivery. */
  function sent(configurationSet: string | undefined = "news"): [MailEvent, MailEvent] {
    const sentAt = new Date();
    const messageId = createMessageId(sentAt);
    const send = sendEvent({ messageId, sentAt, message: { configurationSet } });
    return [send, deliveryEvent({ ...send, at: sentAt })];
  }

  const idsOf = (sender: RecordingSender) => sender.calls.flat().map(({ id }) => id);
  const settled = () =>
    eventually(async () => {
      expect(await countUnrouted(database)).toMatchObject({ events: 0 });
      expect(await selectBacklogs(database)).toEqual([]);
    });

  it("writes nothing where nobody wants events", async () => {
    subscribe("destination:a");
    await commit(sent("other"));
    expect(await database.query("SELECT FROM publications")).toEqual([]);
  });

  it("gives each target the events of its types and its configuration set", async () => {
    const both = subscribe("destination:both");
    const deliveries = subscribe("destination:deliveries", { types: new Set(["DELIVERY"]) });
    const all = subscribe("webhook:all", { configurationSet: undefined });
    start();
    const [news, other] = [sent("news"), sent("other")];
    await commit([...news, ...other]);
    await settled();
    expect(idsOf(both)).toEqual(news.map(({ id }) => id));
    expect(idsOf(deliveries)).toEqual([news[1].id]);
    expect(idsOf(all).sort()).toEqual([...news, ...other].map(({ id }) => id).sort());
    expect(await selectTargetStatus(database, "destination:both")).toMatchObject({ delivered: 2, discarded: 0 });
  });

  it("publishes one Send event of a message with several recipients", async () => {
    const sender = subscribe("destination:a");
    start();
    const [send, delivery] = sent();
    const other = { ...send, id: randomUUID(), recipient: "second@example.com" };
    const second = { ...delivery, id: randomUUID(), recipient: "second@example.com" };
    await commit([send, other, delivery, second]);
    await settled();
    expect(idsOf(sender)).toEqual([send.id, delivery.id, second.id]);
  });

  it("knows the message of a later event from its own tables, without the event database", async () => {
    const sender = subscribe("destination:a");
    history = () => Promise.reject(new Error("the event database is away"));
    const [send, delivery] = sent();
    await commit([send]);
    start();
    await eventually(() => expect(idsOf(sender)).toEqual([send.id]));
    await stops.pop()?.();
    // A new process has nothing in memory.
    start();
    await commit([delivery], { configurationSet: "news" });
    await settled();
    expect(idsOf(sender)).toEqual([send.id, delivery.id]);
    expect(sender.calls.flat().at(-1)?.body).toContain(send.messageId);
  });

  it("lets events wait that need the event database while it is away, and publishes the others", async () => {
    const sender = subscribe("destination:a");
    const [oldSend, oldDelivery] = sent();
    history = () => Promise.reject(new Error("the event database is away"));
    start();
    await commit([oldDelivery], { configurationSet: "news" });
    const fresh = sent();
    await commit(fresh);
    await eventually(() => expect(idsOf(sender)).toEqual(fresh.map(({ id }) => id)));
    await eventually(async () => expect(await countUnrouted(database)).toEqual({ events: 1, failed: 1 }));
    history = async () => [rowOf(oldSend)];
    await database.query("UPDATE publications SET retry_at = now() WHERE failure IS NOT NULL");
    await settled();
    expect(idsOf(sender)).toContain(oldDelivery.id);
  });

  it("does not know the message of an event any more: there is nothing to publish", async () => {
    const sender = subscribe("destination:a");
    start();
    await commit([sent()[1]], { configurationSet: "news" });
    await settled();
    expect(sender.calls).toEqual([]);
  });

  it("tries again only what failed", async () => {
    const sender = subscribe("destination:a");
    const events = sent();
    let failures = 2;
    sender.answer = ({ type }) =>
      type === "DELIVERY" && failures-- > 0
        ? { outcome: "failed", permanent: false, error: "busy" }
        : { outcome: "delivered" };
    start({ retries: [0.01, 0.01, 0.01] });
    await commit(events);
    await settled();
    expect(idsOf(sender)).toEqual([events[0].id, events[1].id, events[1].id, events[1].id]);
    const status = await selectTargetStatus(database, "destination:a");
    expect(status).toMatchObject({ delivered: 2, discarded: 0, failingSince: null, lastError: "busy" });
  });

  it("gives up what fails permanently, or for the last time, and says why", async () => {
    const sender = subscribe("destination:a");
    sender.answer = ({ type }) => ({ outcome: "failed", permanent: type === "SEND", error: `no ${type}` });
    start({ retries: [0.01] });
    const events = sent();
    await commit(events);
    await settled();
    expect(idsOf(sender)).toEqual([events[0].id, events[1].id, events[1].id]);
    const status = await selectTargetStatus(database, "destination:a");
    expect(status).toMatchObject({ delivered: 0, discarded: 2, lastError: "no DELIVERY" });
    expect(status?.failingSince).toBeInstanceOf(Date);
  });

  it("is not held up by a target that hangs", async () => {
    const hanging = subscribe("destination:a");
    const { promise, resolve } = Promise.withResolvers<void>();
    hanging.answer = () => promise.then(() => ({ outcome: "delivered" }) as const);
    const other = subscribe("destination:b");
    start();
    for (let count = 0; count < 20; count++) await commit(sent());
    await eventually(() => expect(idsOf(other).length).toBe(40));
    resolve();
    await settled();
    expect(new Set(idsOf(hanging)).size).toBe(40);
  });

  it("keeps the events of a disabled target, and drops those of one that is gone", async () => {
    subscribe("destination:held");
    senders.set("destination:held", "held");
    subscribe("destination:gone");
    senders.set("destination:gone", "gone");
    start();
    await commit(sent());
    await eventually(async () => {
      const backlogs = await selectBacklogs(database);
      expect(backlogs.map(({ target, events }) => ({ target, events }))).toEqual([
        { target: "destination:held", events: 2 },
      ]);
      expect(await countUnrouted(database)).toMatchObject({ events: 0 });
    });
  });

  it("discards events beyond the limit of what may wait, and counts them", async () => {
    subscribe("destination:held");
    senders.set("destination:held", "held");
    start({ limits: { events: 3 } });
    for (let count = 0; count < 4; count++) {
      await commit(sent());
      await eventually(async () => expect(await countUnrouted(database)).toMatchObject({ events: 0 }));
    }
    const [backlog] = await selectBacklogs(database);
    expect(backlog?.events).toBe(4);
    expect(await selectTargetStatus(database, "destination:held")).toMatchObject({ discarded: 4 });
  });

  it("takes over the batches of a dead process", async () => {
    const sender = subscribe("destination:a");
    sender.answer = () => new Promise(() => {});
    const first = start();
    await commit(sent());
    await eventually(() => expect(sender.calls.length).toBe(1));
    sender.answer = () => ({ outcome: "delivered" });
    await buryAllWorkers(database);
    first.publisher.wake();
    const second = start();
    second.publisher.wake();
    await settled();
    const ids = idsOf(sender);
    expect(new Set(ids).size).toBe(2);
    expect(ids.length).toBe(4);
    // The first process's calls never end.
    stops = stops.slice(1);
  });

  it("routes each row once, however many processes route", async () => {
    const sender = subscribe("destination:a");
    start();
    start();
    const all: string[] = [];
    for (let count = 0; count < 30; count++) {
      const events = sent();
      all.push(...events.map(({ id }) => id));
      await commit(events);
      // Both find the same rows unless the lease keeps one out.
      if (count % 5 === 0) await database.query("DELETE FROM leases");
    }
    await settled();
    expect(idsOf(sender).sort()).toEqual(all.sort());
  });
});

async function unpaced(_events: number, work: () => Promise<void>): Promise<void> {
  await work();
}

function rowOf(event: MailEvent): EventRow {
  const { id, messageId, recipient, type, at, sentAt } = event;
  const row = { id, message_id: messageId, recipient, type, at: at.getTime(), sent_at: sentAt.getTime() };
  return event.type === "SEND" ? { ...row, configuration_set: event.message.configurationSet } : row;
}
