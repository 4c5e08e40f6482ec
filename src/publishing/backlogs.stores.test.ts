import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { type Database, defaultScope } from "../stores/postgres/database.ts";
import { hurryBatches, insertPublicationBatches, promoteBatches } from "../stores/postgres/publication-batches.ts";
import { createBacklogs } from "./backlogs.ts";

const target = "webhook:a";
const now = new Date("2026-11-24T12:00:00Z");
const hourMs = 3_600_000;

describe.each(databases)("what waits for targets, with $name", ({ open }) => {
  let database: Database;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(() => database.close());

  /** A batch that waits for some milliseconds, or is due. */
  async function add(waitMs?: number): Promise<void> {
    const dueAt = waitMs === undefined ? undefined : new Date(now.getTime() + waitMs);
    const payload = Buffer.from("");
    await insertPublicationBatches(database, [
      { scope: defaultScope, target, events: 2, bytes: 10, payload, dueAt, tries: 0, createdAt: now },
    ]);
  }
  const due = async () => (await database.query("SELECT FROM publication_batches WHERE state = 'due'")).length;

  it("is counted once a second, or as seldom as counting takes a fiftieth of the time; additions count at once", async () => {
    let time = 0;
    const backlogs = createBacklogs(database, () => time);
    await backlogs.refresh();
    expect(backlogs.of(target)).toEqual({ events: 0, bytes: 0 });
    await add();
    backlogs.add(target, { events: 1, bytes: 5 });
    backlogs.add(target, { events: 1, bytes: 5 });
    time = 999;
    await backlogs.refresh();
    expect(backlogs.of(target)).toEqual({ events: 2, bytes: 10 });
    await add();
    time = 1_000;
    const refreshed = backlogs.refresh();
    time = 1_100;
    await refreshed;
    expect(backlogs.of(target)).toMatchObject({ events: 4, bytes: 20 });
    await add();
    time = 6_099;
    await backlogs.refresh();
    expect(backlogs.of(target)).toMatchObject({ events: 4 });
    time = 6_100;
    await backlogs.refresh();
    expect(backlogs.of(target)).toMatchObject({ events: 6 });
  });

  it("becomes due once its time has come, and if it waits longer than anything may", async () => {
    for (const waitMs of [-2, -1, 0, 1, hourMs, hourMs + 1, 365 * 24 * hourMs]) await add(waitMs);
    const promote = (limit: number) => promoteBatches(database, { now, longestMs: hourMs, limit });
    expect(await promote(2)).toBe(4);
    expect(await promote(2)).toBe(1);
    expect(await promote(2)).toBe(0);
    const left = await database.query<{ due_at: Date }>(
      "SELECT due_at FROM publication_batches WHERE state = 'waiting' ORDER BY due_at",
    );
    expect(left.map(({ due_at }) => due_at.getTime() - now.getTime())).toEqual([1, hourMs]);
  });

  it("becomes due after an outage, those that wait shortest first, a few at a time", async () => {
    for (let count = 5; count > 0; count--) await add(count);
    expect(await hurryBatches(database, "webhook:b", 3)).toBe(0);
    expect(await hurryBatches(database, target, 3)).toBe(3);
    expect(await due()).toBe(3);
    const left = await database.query<{ due_at: Date }>(
      "SELECT due_at FROM publication_batches WHERE state = 'waiting'",
    );
    expect(left.map(({ due_at }) => due_at.getTime() - now.getTime()).sort()).toEqual([4, 5]);
    expect(await hurryBatches(database, target, 3)).toBe(2);
  });
});
