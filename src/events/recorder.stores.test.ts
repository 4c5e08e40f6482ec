import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { zstdCompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { eventually } from "../../test/support/eventually.ts";
import { exported } from "../../test/support/export-run.ts";
import { deliveryEvent, sendEvent } from "../../test/support/mail-events.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { type Database, defaultScope } from "../stores/postgres/database.ts";
import { insertOutboxRows } from "../stores/postgres/outbox.ts";
import { readHistory } from "./history.ts";
import { encodeEvent, recordVersion } from "./record.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import { readRefusedEvents } from "./refused-events.ts";

const engines = databases.flatMap((postgres) =>
  eventDatabases.map((clickhouse) => ({ name: postgres.name, open: postgres.open, clickhouse, kind: clickhouse.kind })),
);

describe.each(engines)("the recorder on $name and $kind", ({ open, clickhouse }) => {
  let database: Database;
  let events: EventDatabase;
  let recorders: Recorder[] = [];
  let logged: { message: string; details: object }[] = [];

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    events = await clickhouse.open();
    logged = [];
  });
  afterEach(async () => {
    for (const recorder of recorders) await recorder.stop();
    recorders = [];
    await database.query("DELETE FROM outbox");
    await database.query("DELETE FROM sending_hours");
  });

  function start(on: EventDatabase = events, from: Database = database): Recorder {
    const log = { error: (details: object, message: string) => logged.push({ details, message }) };
    const recorder = startRecorder({ database: from, events: on, log });
    recorders.push(recorder);
    return recorder;
  }

  /** Commits the first two events of a new message, as the outbox does; resolves to its id. */
  async function commit(subject = "hello"): Promise<string> {
    const sent = sendEvent({ message: { subject } });
    await commitLines(sent.messageId, encodeEvent(sent) + encodeEvent(deliveryEvent(sent)));
    return sent.messageId;
  }

  async function commitLines(messageId: string, lines: string | Uint8Array, version = recordVersion): Promise<void> {
    const payload = typeof lines === "string" ? zstdCompressSync(Buffer.from(lines)) : lines;
    const now = new Date("2026-11-23T12:34:56Z");
    const ids = { firstMessageId: messageId, lastMessageId: messageId };
    await insertOutboxRows(database, [
      { scope: defaultScope, ...ids, events: 2, recipients: 3, payload, version, now },
    ]);
  }

  async function stored(): Promise<Record<string, number>> {
    const answer = await events.client.query({
      query: "SELECT message_id, toUInt32(count()) AS n FROM events GROUP BY message_id",
      format: "JSONEachRow",
    });
    const rows = await answer.json<{ message_id: string; n: number }>();
    return Object.fromEntries(rows.map((row) => [row.message_id, row.n]));
  }

  const left = () =>
    database.query<{ refused: string | null }>("SELECT refused_because AS refused FROM outbox ORDER BY id");

  it("moves what is committed, and counts what was sent by the hour", async () => {
    const before = await commit();
    const recorder = start();
    const after = await commit();
    recorder.wake();
    await recorder.drained();
    expect(await stored()).toEqual({ [before]: 2, [after]: 2 });
    expect(await left()).toEqual([]);
    expect(await database.query("SELECT hour, recipients FROM sending_hours")).toEqual([
      { hour: new Date("2026-11-23T12:00:00Z"), recipients: 6 },
    ]);
    expect(logged).toEqual([]);
  });

  it("moves without being told, as what other processes commit", async () => {
    start();
    await delay(50);
    await commit();
    await eventually(async () => expect(await left()).toEqual([]));
  });

  it("is drained once all is moved that was committed before", async () => {
    const ids = [];
    for (let count = 0; count < 300; count++) ids.push(await commit());
    const recorder = start();
    await recorder.drained();
    expect(Object.keys(await stored()).sort()).toEqual(ids.sort());
    await recorder.drained();
  });

  /**
   * Commits rows, four of which fill a batch. To save time they have fewer events than they say: the recorder only adds the
   * numbers. Resolves to the IDs of their messages.
   */
  async function commitMany(rows: number): Promise<string[]> {
    const ids: string[] = [];
    for (let row = 0; row < rows; row++) {
      const sent = Array.from({ length: 100 }, () => sendEvent());
      const payload = zstdCompressSync(Buffer.from(sent.map((event) => encodeEvent(event)).join("")));
      const inOrder = sent.map(({ messageId }) => messageId).sort();
      const span = { firstMessageId: inOrder[0] ?? "", lastMessageId: inOrder.at(-1) ?? "" };
      const facts = { scope: defaultScope, events: 12_500, recipients: 0, version: recordVersion };
      await insertOutboxRows(database, [{ ...span, ...facts, payload, now: new Date() }]);
      ids.push(...inOrder);
    }
    return ids;
  }

  async function eventCount(): Promise<unknown> {
    const answer = await events.client.query({
      query: "SELECT toUInt32(count()) AS events, toUInt32(uniqExact(message_id)) AS messages FROM events",
      format: "JSONEachRow",
    });
    const [row] = await answer.json();
    return row;
  }

  it("moves two full batches at a time, each event once, while others are committed", async () => {
    const ids = await commitMany(8);
    const inserted: number[] = [];
    let inside = 0;
    let most = 0;
    const both = Promise.withResolvers<void>();
    const watched = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        most = Math.max(most, ++inside);
        if (inserted.push(insert[1].length) === 2) {
          ids.push(...(await commitMany(5)));
          both.resolve();
        }
        if (inserted.length <= 2) await both.promise;
        await events.insertRows(...insert);
        inside--;
      },
    };
    const recorder = start(watched);
    await recorder.drained();
    await recorder.drained();
    expect(inserted.toSorted()).toEqual([1, 4, 4, 4]);
    expect(most).toBe(2);
    expect(await left()).toEqual([]);
    expect(await eventCount()).toEqual({ events: ids.length, messages: ids.length });
    expect(logged).toEqual([]);
  });

  it("keeps a batch that fails beside another, and moves it later", async () => {
    const ids = await commitMany(8);
    const failed = Promise.withResolvers<void>();
    let inserts = 0;
    const flaky = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        const insertion = ++inserts;
        if (insertion === 1) {
          // The other one has begun, and ends after this one has failed.
          await eventually(() => expect(inserts).toBe(2));
          failed.resolve();
          throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        }
        await failed.promise;
        await events.insertRows(...insert);
      },
    };
    const recorder = start(flaky);
    await eventually(() => expect(logged).toHaveLength(1));
    await recorder.drained();
    expect(inserts).toBe(3);
    expect(logged).toHaveLength(1);
    expect(await left()).toEqual([]);
    expect(await eventCount()).toEqual({ events: ids.length, messages: ids.length });
  });

  it("finishes the batches under way before it stops", async () => {
    const ids = await commitMany(8);
    const begun = Promise.withResolvers<void>();
    let inserts = 0;
    const watched = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        if (++inserts === 2) begun.resolve();
        await begun.promise;
        await events.insertRows(...insert);
      },
    };
    const recorder = start(watched);
    await begun.promise;
    await recorder.stop();
    expect(await left()).toEqual([]);
    expect(await eventCount()).toEqual({ events: ids.length, messages: ids.length });
  });

  it("stops waiting to be drained where that is aborted", async () => {
    const away = { ...events, insertRows: () => Promise.reject(new Error("away")) };
    const recorder = start(away);
    await commit();
    const controller = new AbortController();
    const waiting = recorder.drained(controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(waiting).rejects.toThrow();
  });

  it("looks at the outbox once for all who wait", async () => {
    const away = { ...events, insertRows: () => Promise.reject(new Error("away")) };
    let looks = 0;
    const counted: Database = {
      ...database,
      query: (text, parameters) => {
        if (text.includes("min(id)")) looks++;
        return database.query(text, parameters);
      },
    };
    const recorder = start(away, counted);
    await commit();
    const controller = new AbortController();
    const waiting = Array.from({ length: 50 }, () => recorder.drained(controller.signal).catch((error) => error));
    await expect.poll(() => looks).toBeGreaterThan(55);
    // 50 for the calls themselves; then one each time for all, not 50.
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 2);
    expect(looks).toBeLessThan(before + 50);
    controller.abort(new Error("enough"));
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ message: "enough" });
  });

  it("tells nothing twice where its process ended between the insert and the delete", async () => {
    const id = await commit("told once");
    const ending = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        await events.insertRows(...insert);
        throw new Error("the process ends here");
      },
    };
    const first = start(ending);
    await eventually(() => expect(logged.length).toBeGreaterThan(0));
    await first.stop();
    expect(await left()).toHaveLength(1);
    const second = start();
    await second.drained();
    const history = await readHistory({ database, events }, id);
    expect(history.map(({ type }) => type)).toEqual(["SEND", "DELIVERY"]);
    const { file } = await exported(events, {});
    expect(JSON.parse(file)).toMatchObject([{ messageid: id, subject: "told once", last_delivery_event: "DELIVERY" }]);
  });

  it("puts rows aside that the event database refuses, while the others go on", async () => {
    const good = [await commit()];
    await commitLines("m1", '{"message_id":"m1","nonsense":1}\n');
    good.push(await commit(), await commit());
    await commitLines("m2", Buffer.from("not zstd"));
    await commitLines("m3", "not JSON\n");
    good.push(await commit());
    await commitLines("m4", zstdCompressSync(Buffer.from("cut short".repeat(100))).subarray(0, 15));
    await commitLines("m5", '{"id":"no uuid","message_id":"m5"}\n');
    await commitLines("m6", '{"message_id":"m6","at":"yesterday"}\n');
    await commitLines("m7", '{"message_id":"m7","subject":"\\ud800"}\n');
    await commitLines("m8", '{"message_id":"m8","destination":"none","tags":[]}\n');
    // A frame of the right length with damaged contents.
    await commitLines("m9", zstdCompressSync(Buffer.from(`{"message_id":"${"m9".repeat(500)}"}\n`)).fill(0xff, 15));
    good.push(await commit());
    const recorder = start();
    await recorder.drained();
    expect(Object.keys(await stored()).sort()).toEqual(good.sort());
    const refused = await left();
    expect(refused).toHaveLength(9);
    for (const row of refused) expect(row.refused).toMatch(/./);
    expect(logged).toHaveLength(9);
  });

  it("sets only the malformed events of a row aside, shows them, and tells the others", async () => {
    const line = (n: number, extra = "") =>
      `{"id":"${randomUUID()}","message_id":"n${n}","recipient":"a@b.example","type":"SEND","at":"1795437296.000","sent_at":"1795437296.000"${extra}}`;
    const malformed = new Map([
      [0, line(0, ',"nonsense":1')],
      [137, line(137).replace("1795437296.000", "yesterday")],
      [138, line(138, ',"tags":[]')],
      [499, '{"message_id":"n499","subject":"\\ud800"}'],
    ]);
    const lines = Array.from({ length: 500 }, (_, n) => malformed.get(n) ?? line(n));
    await commitLines("n", lines.map((text) => `${text}\n`).join(""));
    await database.query("UPDATE outbox SET first_message_id = 'n0', last_message_id = 'n999', events = 500");
    const after = await commit();
    const recorder = start();
    await recorder.drained();
    const told = await stored();
    expect(Object.keys(told)).toHaveLength(500 - malformed.size + 1);
    expect(told[after]).toBe(2);
    for (const n of malformed.keys()) expect(told).not.toHaveProperty(`n${n}`);
    expect(logged).toMatchObject([{ details: { events: malformed.size } }]);
    const [row, ...more] = await readRefusedEvents(database, { scope: undefined, after: 0, limit: 10 });
    expect(more).toEqual([]);
    expect(row).toMatchObject({ count: malformed.size, reason: expect.stringMatching(/./) });
    expect(row?.events).toEqual([...malformed.values()]);
    expect(await readRefusedEvents(database, { scope: undefined, after: row?.id ?? 0, limit: 10 })).toEqual([]);
    // Neither the others' history nor the malformed message's own fails over it.
    expect(await readHistory({ database, events }, "n1")).toHaveLength(1);
    expect(await readHistory({ database, events }, "n499")).toEqual([]);
  });

  it("sets nothing aside while the event database is away in the middle of a malformed row", async () => {
    let away = true;
    const flaky = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        if (insert[1].length > 1 && away)
          throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        await events.insertRows(...insert);
      },
    };
    const valid = (id: string) =>
      `{"id":"${randomUUID()}","message_id":"${id}","recipient":"a@b.example","type":"SEND","at":"1795437296.000","sent_at":"1795437296.000"}\n`;
    await commitLines("v", `${valid("v")}${valid("w")}${valid("x")}{"nonsense":1}\n`);
    const recorder = start(flaky);
    await eventually(() => expect(logged.length).toBeGreaterThan(0));
    expect((await left()).map(({ refused }) => refused)).toEqual([null]);
    away = false;
    await recorder.drained();
    expect(await stored()).toEqual({ v: 1, w: 1, x: 1 });
    expect(
      (await readRefusedEvents(database, { scope: undefined, after: 0, limit: 10 })).map(({ events }) => events),
    ).toEqual([['{"nonsense":1}']]);
  });

  it("puts rows of a newer version aside, and takes them up once it is of that version", async () => {
    await commitLines("newer", '{"message_id":"newer"}\n', recordVersion + 1);
    const good = [await commit()];
    const recorder = start();
    await recorder.drained();
    await recorder.stop();
    const reason = (version: number) =>
      `the row of the outbox has version ${version}, which this version of Mailglass does not know`;
    expect(await left()).toEqual([{ refused: reason(recordVersion + 1) }]);
    expect(logged).toMatchObject([{ details: { err: { message: reason(recordVersion + 1) } } }]);
    await expect(readHistory({ database, events }, "newer")).rejects.toThrow(reason(recordVersion + 1));
    expect(Object.keys(await stored())).toEqual(good);
    // As an older version would have left a row of ours.
    good.push(await commit());
    await database.query("UPDATE outbox SET refused_because = $1 WHERE version = $2", [
      reason(recordVersion),
      recordVersion,
    ]);
    const upgraded = start();
    await eventually(async () => expect(Object.keys(await stored()).sort()).toEqual(good.sort()));
    await upgraded.stop();
    expect(await left()).toEqual([{ refused: reason(recordVersion + 1) }]);
  });

  it("reads rows from before they had a version", async () => {
    const line =
      '{"id":"0f0e0d0c-0b0a-4908-8706-050403020100","message_id":"old","recipient":"a@b.example","type":"SEND","at":"1795437296.000","sent_at":"1795437296.000","source":"s@b.example","subject":"hello","isp":"UNKNOWN_ISP","identity":"b.example","configuration_set":"","tenant":"","tags":{"constructor":["x"]},"destination":["a@b.example"],"object_key":"mail/x","object_offset":3,"object_length":4,"in_ses_scope":true,"feedback_loop":false,"open_tracked":false,"click_tracked":false}\n';
    await database.query(
      `INSERT INTO outbox (scope, first_message_id, last_message_id, events, recipients, committed_at, payload)
       VALUES (1, 'old', 'old', 1, 1, now(), $1)`,
      [zstdCompressSync(Buffer.from(line))],
    );
    const waiting = await readHistory({ database, events }, "old");
    expect(waiting).toMatchObject([
      {
        type: "SEND",
        at: 1_795_437_296_000,
        tags: { constructor: ["x"] },
        destination: ["a@b.example"],
        object_offset: 3,
      },
    ]);
    await start().drained();
    expect(await readHistory({ database, events }, "old")).toMatchObject(waiting);
  });

  it("waits while the event database is away, and loses nothing", async () => {
    let away = true;
    let tries = 0;
    const flaky = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        tries++;
        if (away) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        await events.insertRows(...insert);
      },
    };
    const recorder = start(flaky);
    const ids = [await commit()];
    await eventually(() => expect(tries).toBeGreaterThan(2));
    ids.push(await commit());
    expect((await left()).map(({ refused }) => refused)).toEqual([null, null]);
    expect(await readHistory({ database, events }, ids[1] ?? "")).toHaveLength(2);
    away = false;
    await recorder.drained();
    expect(Object.keys(await stored()).sort()).toEqual(ids.sort());
    expect(logged.length).toBeGreaterThan(2);
  });

  it("shares the work with a recorder of another process, one at a time", async () => {
    let inside = 0;
    let most = 0;
    const watched = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        most = Math.max(most, ++inside);
        await events.insertRows(...insert);
        inside--;
      },
    };
    const [one, two] = [start(watched), start(watched)];
    const ids: string[] = [];
    for (let count = 0; count < 60; count++) {
      ids.push(await commit());
      one.wake();
      two.wake();
    }
    await Promise.all([one.drained(), two.drained()]);
    expect(most).toBe(1);
    // Whoever has the lease stops; the other goes on.
    await one.stop();
    ids.push(await commit());
    await two.drained();
    await two.stop();
    ids.push(await commit());
    const three = start(watched);
    await three.drained();
    expect(await stored()).toEqual(Object.fromEntries(ids.map((id) => [id, 2])));
    expect(logged).toEqual([]);
  });

  it("moves nothing once it has stopped", async () => {
    const recorder = start();
    await recorder.stop();
    await commit();
    recorder.wake();
    await delay(100);
    expect(await left()).toHaveLength(1);
    expect(await database.query("SELECT name FROM leases")).toEqual([]);
  });
});
