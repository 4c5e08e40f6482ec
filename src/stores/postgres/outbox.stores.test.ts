import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { inMoreScopes } from "../../../test/support/more-scopes.ts";
import { defaultScope, type ScopedDatabase } from "./database.ts";
import {
  deleteOutboxRows,
  insertOutboxRows,
  insertOutboxRowsWithin,
  type NewOutboxRow,
  oldestOutboxRows,
  outboxRowsAround,
  outboxSpan,
  refuseOutboxRow,
  selectRefusedRows,
  vacuumOutbox,
} from "./outbox.ts";

describe.each(databases)("the outbox in $name", ({ open }) => {
  let database: ScopedDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM outbox");
    await database.query("DELETE FROM sending_hours");
  });

  const add = (row: Partial<NewOutboxRow> = {}) => insertOutboxRows(database, [newRow(row)]);
  const newRow = (row: Partial<NewOutboxRow> = {}): NewOutboxRow => ({
    scope: defaultScope,
    firstMessageId: "a",
    lastMessageId: "b",
    events: 1,
    payload: new Uint8Array([1, 2, 3]),
    version: 1,
    now: new Date("2026-11-23T12:34:56.789Z"),
    recipients: 0,
    ...row,
  });
  const eventsOf = async (rows: Promise<{ events: number }[]>) => (await rows).map(({ events }) => events);
  const deleteAll = async () =>
    deleteOutboxRows(
      database,
      (await oldestOutboxRows(database, 1_000)).map(({ id }) => id),
    );
  const hours = () => database.query("SELECT hour, recipients FROM sending_hours ORDER BY hour");

  test("gives back what was added, the oldest first", async () => {
    await add({ events: 2, payload: new Uint8Array([0, 255, 128]) });
    await add({ events: 3, payload: new Uint8Array(300_000).fill(7) });
    const rows = await oldestOutboxRows(database, 1_000);
    expect(rows.map(({ events }) => events)).toEqual([2, 3]);
    expect(rows.map(({ id }) => typeof id)).toEqual(["number", "number"]);
    expect(Buffer.from(rows[0]?.payload ?? []).equals(new Uint8Array([0, 255, 128]))).toBe(true);
    expect(Buffer.from(rows[1]?.payload ?? []).equals(Buffer.alloc(300_000, 7))).toBe(true);
  });

  test("gives rows until they hold the events asked for, and at least one", async () => {
    expect(await oldestOutboxRows(database, 10)).toEqual([]);
    for (const events of [5, 6, 7]) await add({ events });
    expect(await eventsOf(oldestOutboxRows(database, 1))).toEqual([5]);
    expect(await eventsOf(oldestOutboxRows(database, 5))).toEqual([5]);
    expect(await eventsOf(oldestOutboxRows(database, 6))).toEqual([5, 6]);
    expect(await eventsOf(oldestOutboxRows(database, 11))).toEqual([5, 6]);
    expect(await eventsOf(oldestOutboxRows(database, 12))).toEqual([5, 6, 7]);
  });

  test("finds the rows around a message by the order of bytes", async () => {
    await add({ firstMessageId: "0100aa", lastMessageId: "0100cc", events: 1 });
    await add({ firstMessageId: "0100bb", lastMessageId: "0100bb", events: 2 });
    await add({ firstMessageId: "B", lastMessageId: "Z", events: 3 });
    expect(await eventsOf(outboxRowsAround(database, "0100aa"))).toEqual([1]);
    expect(await eventsOf(outboxRowsAround(database, "0100bb"))).toEqual([1, 2]);
    expect(await eventsOf(outboxRowsAround(database, "0100cd"))).toEqual([]);
    expect(await eventsOf(outboxRowsAround(database, "b"))).toEqual([]);
    expect(await eventsOf(outboxRowsAround(database, "' OR true --"))).toEqual([]);
  });

  test("loses the rows that are deleted, and only those", async () => {
    for (const events of [1, 2, 3]) await add({ events });
    const [first, , third] = await oldestOutboxRows(database, 1_000);
    await deleteOutboxRows(database, [first?.id ?? 0, third?.id ?? 0, 999_999_999]);
    await deleteOutboxRows(database, []);
    expect(await eventsOf(oldestOutboxRows(database, 1_000))).toEqual([2]);
  });

  test("passes a refused row over, but keeps it for reading", async () => {
    for (const events of [1, 2]) await add({ events });
    const [first, second] = await oldestOutboxRows(database, 1_000);
    await refuseOutboxRow(database, first?.id ?? 0, "not JSON: '");
    expect(await eventsOf(oldestOutboxRows(database, 1_000))).toEqual([2]);
    expect(await eventsOf(outboxRowsAround(database, "a"))).toEqual([1, 2]);
    expect(await outboxSpan(database)).toEqual({ oldest: second?.id, newest: second?.id });
    expect(await database.query("SELECT refused_because FROM outbox ORDER BY id")).toEqual([
      { refused_because: "not JSON: '" },
      { refused_because: null },
    ]);
  });

  test("tells its span", async () => {
    expect(await outboxSpan(database)).toBeUndefined();
    for (const events of [1, 2, 3]) await add({ events });
    const rows = await oldestOutboxRows(database, 1_000);
    expect(await outboxSpan(database)).toEqual({ oldest: rows[0]?.id, newest: rows[2]?.id });
  });

  test("counts recipients by the hour of their commit once rows are deleted", async () => {
    await add({ recipients: 3 });
    await add({ recipients: 0, now: new Date("2026-11-23T09:00:00Z") });
    await add({ recipients: 2, now: new Date("2026-11-23T12:59:59.999Z") });
    await add({ recipients: 1, now: new Date("2026-11-23T13:00:00Z") });
    expect(await hours()).toEqual([]);
    await deleteAll();
    const counted = [
      { hour: new Date("2026-11-23T12:00:00Z"), recipients: 5 },
      { hour: new Date("2026-11-23T13:00:00Z"), recipients: 1 },
    ];
    expect(await hours()).toEqual(counted);
    await deleteAll();
    expect(await hours()).toEqual(counted);
    await add({ recipients: 4 });
    await deleteAll();
    expect(await hours()).toMatchObject([{ recipients: 9 }, { recipients: 1 }]);
  });

  test("adds rows of several scopes with what is to be published of them, or none", async () => {
    await database.query("DELETE FROM publications");
    const payload = (byte: number) => new Uint8Array([byte]);
    const rows = [
      newRow({ scope: 1, events: 1, payload: payload(1) }),
      newRow({
        scope: 2,
        events: 2,
        payload: payload(2),
        publication: { events: 2, sent: { from: 5, to: 9 }, payload: payload(7) },
      }),
      newRow({ scope: 3, events: 3, payload: payload(3) }),
    ];
    const [, , last] = rows;
    if (last) last.publication = { events: 3, sent: undefined, payload: last.payload };
    await insertOutboxRows(database, rows);
    await database.transaction((transaction) => insertOutboxRowsWithin(transaction, rows.slice(1, 2)));
    await insertOutboxRows(database, []);
    await expect(
      insertOutboxRows(database, [newRow({ scope: 4 }), newRow({ scope: 5, version: 1e6 })]),
    ).rejects.toThrow();
    const bytes = (row: object) => ("payload" in row && row.payload instanceof Uint8Array ? [...row.payload] : []);
    const added = await database.query("SELECT scope, events, payload FROM outbox ORDER BY id");
    expect(added.map((row) => ({ ...row, payload: bytes(row) }))).toEqual([
      { scope: 1, events: 1, payload: [1] },
      { scope: 2, events: 2, payload: [2] },
      { scope: 3, events: 3, payload: [3] },
      { scope: 2, events: 2, payload: [2] },
    ]);
    const published = await database.query(
      "SELECT scope, kind, events, sent::text, payload FROM publications ORDER BY id",
    );
    const second = { scope: 2, kind: "mail", events: 2, sent: "[5,10)", payload: [7] };
    expect(published.map((row) => ({ ...row, payload: bytes(row) }))).toEqual([
      second,
      { scope: 3, kind: "mail", events: 3, sent: null, payload: [3] },
      second,
    ]);
    await database.query("DELETE FROM publications");
  });

  test("counts recipients of each scope", async () => {
    const [, region, account] = await inMoreScopes(database);
    const now = new Date("2026-11-23T12:00:00Z");
    await insertOutboxRows(database, [
      newRow({ recipients: 1, now }),
      newRow({ scope: region.scope, recipients: 20, now }),
      newRow({ scope: account.scope, recipients: 0, now }),
    ]);
    await add({ scope: region.scope, recipients: 300, now });
    await deleteAll();
    expect(await database.query("SELECT scope, recipients FROM sending_hours ORDER BY scope")).toEqual([
      { scope: 1, recipients: 1 },
      { scope: region.scope, recipients: 320 },
    ]);
  });

  test("shows the rows that were set aside of one scope, or of all", async () => {
    for (const scope of [1, 2, 2]) await add({ scope });
    for (const { id } of await oldestOutboxRows(database, 1_000)) await refuseOutboxRow(database, id, "why");
    const page = async (scope: number | undefined) =>
      (await selectRefusedRows(database, { scope, after: 0, limit: 10 })).length;
    expect([await page(1), await page(2), await page(3), await page(undefined)]).toEqual([1, 2, 0, 3]);
  });

  test("counts a row once, however many delete it at once", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => add({ recipients: index })));
    const rows = await oldestOutboxRows(database, 1_000);
    expect(rows).toHaveLength(50);
    const ids = rows.map(({ id }) => id);
    await Promise.all(Array.from({ length: 8 }, () => deleteOutboxRows(database, ids)));
    expect(await hours()).toMatchObject([{ recipients: 1_225 }]);
  });

  test("loses no count when different rows of an hour are deleted at once", async () => {
    for (let index = 0; index < 20; index++) await add({ recipients: 1 });
    const rows = await oldestOutboxRows(database, 1_000);
    await Promise.all(rows.map(({ id }) => deleteOutboxRows(database, [id])));
    expect(await hours()).toMatchObject([{ recipients: 20 }]);
  });

  test("doesn't grow while it is vacuumed between rounds", async () => {
    const sizeAfterRound = async () => {
      for (let index = 0; index < 100; index++) await add({ payload: new Uint8Array(1_500) });
      await deleteAll();
      await vacuumOutbox(database);
      const [row] = await database.query<{ size: number }>("SELECT pg_total_relation_size('outbox') AS size");
      return row?.size ?? 0;
    };
    const first = await sizeAfterRound();
    for (let round = 0; round < 3; round++) await sizeAfterRound();
    expect(await sizeAfterRound()).toBeLessThan(first + 100_000);
  });
});
