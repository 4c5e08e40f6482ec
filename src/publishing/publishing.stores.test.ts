import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventually } from "../../test/support/eventually.ts";
import { idsOf, PublishingRun } from "../../test/support/publishing-run.ts";
import type { MailEvent } from "../events/event.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Database } from "../stores/postgres/database.ts";
import { selectBacklogs } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatus } from "../stores/postgres/publication-targets.ts";
import { countUnrouted } from "../stores/postgres/publications.ts";
import { buryAllWorkers } from "../stores/postgres/queue-workers.ts";

describe.each(databases)("publishing with $name", ({ open }) => {
  let database: Database;
  let run: PublishingRun;

  beforeEach(async () => {
    database = await open();
    run = new PublishingRun(database);
  });
  afterEach(async () => {
    await run.stop();
    await database.close();
  });

  it("writes nothing where nobody wants events", async () => {
    run.subscribe("destination:a");
    await run.commit(run.sent("other"));
    expect(await database.query("SELECT FROM publications")).toEqual([]);
  });

  it("gives each target the events of its types and its configuration set", async () => {
    const both = run.subscribe("destination:both");
    const deliveries = run.subscribe("destination:deliveries", { types: new Set(["DELIVERY"]) });
    const all = run.subscribe("webhook:all", { configurationSet: undefined });
    run.start();
    const [news, other] = [run.sent("news"), run.sent("other")];
    await run.commit([...news, ...other]);
    await run.settled();
    expect(idsOf(both)).toEqual(news.map(({ id }) => id));
    expect(idsOf(deliveries)).toEqual([news[1].id]);
    expect(idsOf(all).sort()).toEqual([...news, ...other].map(({ id }) => id).sort());
    expect(await selectTargetStatus(database, "destination:both")).toMatchObject({ delivered: 2, discarded: 0 });
  });

  it("publishes one Send event of a message with several recipients", async () => {
    const sender = run.subscribe("destination:a");
    run.start();
    const [send, delivery] = run.sent();
    const other = { ...send, id: randomUUID(), recipient: "second@example.com" };
    const second = { ...delivery, id: randomUUID(), recipient: "second@example.com" };
    await run.commit([send, other, delivery, second]);
    await run.settled();
    expect(idsOf(sender)).toEqual([send.id, delivery.id, second.id]);
  });

  it("knows the message of a later event from its own tables, without the event database", async () => {
    const sender = run.subscribe("destination:a");
    run.history = () => Promise.reject(new Error("the event database is away"));
    const [send, delivery] = run.sent();
    await run.commit([send]);
    run.start();
    await eventually(() => expect(idsOf(sender)).toEqual([send.id]));
    await run.stops.pop()?.();
    // A new process has nothing in memory.
    run.start();
    await run.commit([delivery], { configurationSet: "news" });
    await run.settled();
    expect(idsOf(sender)).toEqual([send.id, delivery.id]);
    expect(sender.calls.flat().at(-1)?.body).toContain(send.messageId);
  });

  it("lets events wait that need the event database while it is away, and publishes the others", async () => {
    const sender = run.subscribe("destination:a");
    const [oldSend, oldDelivery] = run.sent();
    run.history = () => Promise.reject(new Error("the event database is away"));
    run.start();
    await run.commit([oldDelivery], { configurationSet: "news" });
    const fresh = run.sent();
    await run.commit(fresh);
    await eventually(() => expect(idsOf(sender)).toEqual(fresh.map(({ id }) => id)));
    await eventually(async () => expect(await countUnrouted(database)).toEqual({ events: 1, failed: 1 }));
    run.history = async () => [rowOf(oldSend)];
    await database.query("UPDATE publications SET retry_at = now() WHERE failure IS NOT NULL");
    await run.settled();
    expect(idsOf(sender)).toContain(oldDelivery.id);
  });

  it("does not know the message of an event any more: there is nothing to publish", async () => {
    const sender = run.subscribe("destination:a");
    run.start();
    await run.commit([run.sent()[1]], { configurationSet: "news" });
    await run.settled();
    expect(sender.calls).toEqual([]);
  });

  it("tries again only what failed", async () => {
    const sender = run.subscribe("destination:a");
    const events = run.sent();
    let failures = 2;
    sender.answer = ({ type }) =>
      type === "DELIVERY" && failures-- > 0
        ? { outcome: "failed", permanent: false, error: "busy" }
        : { outcome: "delivered" };
    run.start({ retries: [0.01, 0.01, 0.01] });
    await run.commit(events);
    await run.settled();
    expect(idsOf(sender)).toEqual([events[0].id, events[1].id, events[1].id, events[1].id]);
    const status = await selectTargetStatus(database, "destination:a");
    expect(status).toMatchObject({ delivered: 2, discarded: 0, failingSince: null, lastError: "busy" });
  });

  it("gives up what fails permanently, or for the last time, and says why", async () => {
    const sender = run.subscribe("destination:a");
    sender.answer = ({ type }) => ({ outcome: "failed", permanent: type === "SEND", error: `no ${type}` });
    run.start({ retries: [0.01] });
    const events = run.sent();
    await run.commit(events);
    await run.settled();
    expect(idsOf(sender)).toEqual([events[0].id, events[1].id, events[1].id]);
    const status = await selectTargetStatus(database, "destination:a");
    expect(status).toMatchObject({ delivered: 0, discarded: 2, lastError: "no DELIVERY" });
    expect(status?.failingSince).toBeInstanceOf(Date);
  });

  it("is not held up by a target that hangs", async () => {
    const hanging = run.subscribe("destination:a");
    const { promise, resolve } = Promise.withResolvers<void>();
    hanging.answer = () => promise.then(() => ({ outcome: "delivered" }) as const);
    const other = run.subscribe("destination:b");
    run.start();
    for (let count = 0; count < 20; count++) await run.commit(run.sent());
    await eventually(() => expect(idsOf(other).length).toBe(40));
    resolve();
    await run.settled();
    expect(new Set(idsOf(hanging)).size).toBe(40);
  });

  it("keeps the events of a disabled target, and drops those of one that is gone", async () => {
    run.subscribe("destination:held");
    run.senders.set("destination:held", "held");
    run.subscribe("destination:gone");
    run.senders.set("destination:gone", "gone");
    run.start();
    await run.commit(run.sent());
    await eventually(async () => {
      const backlogs = await selectBacklogs(database);
      expect(backlogs.map(({ target, events }) => ({ target, events }))).toEqual([
        { target: "destination:held", events: 2 },
      ]);
      expect(await countUnrouted(database)).toMatchObject({ events: 0 });
    });
  });

  it("discards events beyond the limit of what may wait, and counts them", async () => {
    run.subscribe("destination:held");
    run.senders.set("destination:held", "held");
    run.start({ limits: { events: 3 } });
    for (let count = 0; count < 4; count++) {
      await run.commit(run.sent());
      await eventually(async () => expect(await countUnrouted(database)).toMatchObject({ events: 0 }));
    }
    const [backlog] = await selectBacklogs(database);
    expect(backlog?.events).toBe(4);
    expect(await selectTargetStatus(database, "destination:held")).toMatchObject({ discarded: 4 });
  });

  it("takes over the batches of a dead process", async () => {
    const sender = run.subscribe("destination:a");
    sender.answer = () => new Promise(() => {});
    const first = run.start();
    await run.commit(run.sent());
    await eventually(() => expect(sender.calls.length).toBe(1));
    sender.answer = () => ({ outcome: "delivered" });
    await buryAllWorkers(database);
    first.publisher.wake();
    const second = run.start();
    second.publisher.wake();
    await run.settled();
    const ids = idsOf(sender);
    expect(new Set(ids).size).toBe(2);
    expect(ids.length).toBe(4);
    // The first process's calls never end.
    run.stops = run.stops.slice(1);
  });

  it("routes each row once, however many processes route", async () => {
    const sender = run.subscribe("destination:a");
    run.start();
    run.start();
    const all: string[] = [];
    for (let count = 0; count < 30; count++) {
      const events = run.sent();
      all.push(...events.map(({ id }) => id));
      await run.commit(events);
      // Both find the same rows unless the lease keeps one out.
      if (count % 5 === 0) await database.query("DELETE FROM leases");
    }
    await run.settled();
    expect(idsOf(sender).sort()).toEqual(all.sort());
  });
});

function rowOf(event: MailEvent): EventRow {
  const { id, scope, messageId, recipient, type, at, sentAt } = event;
  const row = { id, scope, message_id: messageId, recipient, type, at: at.getTime(), sent_at: sentAt.getTime() };
  return event.type === "SEND" ? { ...row, configuration_set: event.message.configurationSet } : row;
}
