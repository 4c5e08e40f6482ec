import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventually } from "../../test/support/eventually.ts";
import { idsOf, PublishingRun } from "../../test/support/publishing-run.ts";
import type { MailEvent } from "../events/event.ts";
import { decodeEvents, encodeEvent } from "../events/record.ts";
import { type Database, defaultScope } from "../stores/postgres/database.ts";
import { insertPublicationBatches, selectBacklogs } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatus } from "../stores/postgres/publication-targets.ts";
import { countUnrouted } from "../stores/postgres/publications.ts";
import { encodeBatch } from "./batch-format.ts";

const hourMs = 3_600_000;
const target = "destination:a";

describe.each(databases)("publishing in odd states with $name", ({ open }) => {
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

  const idsIn = (events: readonly MailEvent[]) => events.map(({ id }) => id).sort();
  const setClock = (aheadMs: number) => {
    run.clock = () => new Date(Date.now() + aheadMs);
  };
  const routeAgain = () => database.query("UPDATE publications SET retry_at = now() WHERE failure IS NOT NULL");
  const failedEvents = (failed: number) =>
    eventually(async () => expect(await countUnrouted(database)).toMatchObject({ failed }));

  describe("a damaged batch", () => {
    const event = { id: "1", type: "SEND", publication: 1, messageId: "m", at: 1, identity: "i", body: "{}" } as const;

    it.each([
      ["is no compressed text", async () => Buffer.from("nonsense")],
      ["is empty", async () => Buffer.alloc(0)],
      ["ends too early", async () => (await encodeBatch([event, event, event])).payload.subarray(0, -1)],
      ["has fewer events than it should", async () => (await encodeBatch([event, event])).payload],
      ["has properties of another kind", async () => (await encodeBatch([{ ...event, at: Number.NaN }])).payload],
    ])("that %s is given up, and the others are published", async (_, damaged) => {
      const sender = run.subscribe(target);
      const rest = { scope: defaultScope, target, dueAt: undefined, tries: 0, createdAt: new Date() };
      await insertPublicationBatches(database, [{ ...rest, events: 3, bytes: 9, payload: await damaged() }]);
      const events = run.sent();
      await run.commit(events);
      run.start();
      await run.settled();
      expect(idsOf(sender).sort()).toEqual(idsIn(events));
      const status = await selectTargetStatus(database, target);
      expect(status).toMatchObject({ delivered: 2, discarded: 3 });
      expect(status?.lastError).toMatch(/^a (batch of events is damaged|published event is malformed): /);
    });
  });

  it("lets events of a newer version wait, and those of the same messages, and publishes the others", async () => {
    const sender = run.subscribe(target);
    const newer = run.sent();
    await run.commit(newer);
    await database.query("UPDATE publications SET version = 99");
    run.start();
    await failedEvents(2);
    const later = { ...newer[1], id: "22222222-2222-4333-8444-555555555555" };
    await run.commit([later], { configurationSet: "news" });
    await failedEvents(3);
    const others = run.sent();
    await run.commit(others);
    await eventually(() => expect(idsOf(sender).sort()).toEqual(idsIn(others)));
    await database.query("UPDATE publications SET version = 1");
    await routeAgain();
    await run.settled();
    expect(idsOf(sender).sort()).toEqual(idsIn([...newer, later, ...others]));
  });

  it("lets events wait whose row is damaged; later events of the same message need the event database", async () => {
    const sender = run.subscribe(target);
    const damaged = run.sent();
    await run.commit([damaged[0]]);
    await database.query("UPDATE publications SET payload = '\\x6e6f'");
    run.history = async () => decodeEvents(encodeEvent(damaged[0]));
    run.start();
    await failedEvents(1);
    const others = run.sent();
    await run.commit([damaged[1], ...others], { configurationSet: "news" });
    await eventually(() => expect(idsOf(sender).sort()).toEqual(idsIn([damaged[1], ...others])));
    expect(await countUnrouted(database)).toEqual({ events: 1, failed: 1 });
  });

  it.each([
    ["back by a year", -365 * 24 * hourMs],
    ["ahead by two hours", 2 * hourMs],
  ])("publishes what waits for its retry when the clock is set %s", async (_, aheadMs) => {
    const sender = run.subscribe(target);
    sender.answer = () => ({ outcome: "failed", permanent: false, error: "busy" });
    run.start({ retries: [3600, 3600], maxAgeMs: 24 * hourMs });
    const events = run.sent();
    await run.commit(events);
    await eventually(async () =>
      expect(await database.query("SELECT FROM publication_batches WHERE state = 'waiting'")).toHaveLength(1),
    );
    sender.answer = () => ({ outcome: "delivered" });
    setClock(aheadMs);
    await run.settled();
    expect(idsOf(sender).sort()).toEqual([...idsIn(events), ...idsIn(events)].sort());
  });

  it("routes again what was postponed before the clock was set back", async () => {
    const sender = run.subscribe(target);
    const [send, delivery] = run.sent();
    run.history = () => Promise.reject(new Error("the event database is away"));
    setClock(30 * 24 * hourMs);
    run.start();
    await run.commit([delivery], { configurationSet: "news" });
    await failedEvents(1);
    run.history = async () => decodeEvents(encodeEvent(send));
    setClock(0);
    await run.settled();
    expect(idsOf(sender)).toEqual([delivery.id]);
  });

  it("gives up an event that fails when it is too old, and not one that is delivered", async () => {
    const sender = run.subscribe(target);
    sender.answer = ({ type }) =>
      type === "SEND" ? { outcome: "failed", permanent: false, error: "busy" } : { outcome: "delivered" };
    await run.commit(run.sent());
    run.senders.set(target, "held");
    run.start({ retries: [1, 1, 1], maxAgeMs: hourMs });
    await eventually(async () => expect(await selectBacklogs(database)).toMatchObject([{ events: 2 }]));
    await run.stop();
    run.senders.set(target, sender);
    setClock(2 * hourMs);
    run.start({ retries: [1, 1, 1], maxAgeMs: hourMs });
    await run.settled();
    expect(sender.calls.flat()).toHaveLength(2);
    expect(await selectTargetStatus(database, target)).toMatchObject({ delivered: 1, discarded: 1 });
  });

  it("does not wait for the retries of an outage once it has ended", async () => {
    const sender = run.subscribe(target);
    sender.answer = () => ({ outcome: "failed", permanent: false, error: "busy" });
    run.start({ retries: [3600], maxAgeMs: 24 * hourMs });
    const all: MailEvent[] = [];
    for (let tries = 1; tries <= 3; tries++) {
      const events = run.sent();
      all.push(...events);
      await run.commit(events);
      await eventually(() => expect(sender.calls).toHaveLength(tries));
    }
    sender.answer = () => ({ outcome: "delivered" });
    const last = run.sent();
    await run.commit(last);
    await run.settled();
    // Each event that failed was sent twice.
    expect(sender.calls.flat()).toHaveLength(2 * all.length + last.length);
    expect(new Set(idsOf(sender))).toEqual(new Set(idsIn([...all, ...last])));
  });

  it("discards events beyond the bytes that may wait, and counts them", async () => {
    run.subscribe(target);
    run.senders.set(target, "held");
    run.subscribe("destination:b");
    run.senders.set("destination:b", "held");
    run.start({ limits: { bytes: 500 } });
    let waiting = 0;
    for (let count = 0; count < 5; count++) {
      await run.commit(run.sent());
      await eventually(async () => expect(await countUnrouted(database)).toMatchObject({ events: 0 }));
      const [backlog] = await selectBacklogs(database);
      if (count === 0) waiting = backlog?.bytes ?? 0;
    }
    // The commit that crosses the limit still waits.
    const commits = Math.ceil(500 / waiting);
    const [backlog, other] = await selectBacklogs(database);
    expect(backlog).toMatchObject({ events: 2 * commits, bytes: waiting * commits });
    expect(other).toMatchObject({ events: 2 * commits });
    expect(await selectTargetStatus(database, target)).toMatchObject({ discarded: 10 - 2 * commits });
  });
});
