import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { type Database, defaultScope } from "../stores/postgres/database.ts";
import { insertPublicationBatches, type PublicationBatch } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatuses } from "../stores/postgres/publication-targets.ts";
import { decodeBatch, encodeBatch } from "./batch-format.ts";
import type { PublishedEvent } from "./published-event.ts";
import type { SentBatch } from "./send-batches.ts";
import type { SendResult } from "./sender.ts";
import { settleBatches } from "./settle-batches.ts";

const target = "webhook:a";
const worker = randomUUID();
const at = new Date("2026-11-24T12:00:00Z");
const options = { retries: [60, 600], maxAgeMs: 3_600_000 };
const delivered: SendResult = { outcome: "delivered" };
const untried: SendResult = { outcome: "untried" };
const failed: SendResult = { outcome: "failed", permanent: false, error: "busy" };
const refused: SendResult = { outcome: "failed", permanent: true, error: "no" };

describe.each(databases)("settling batches with $name", ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  afterEach(async () => {
    await database.query("DELETE FROM publication_batches");
    await database.query("DELETE FROM publication_targets");
  });

  /** A claimed batch with an event for each result. */
  async function sentBatch(
    results: readonly SendResult[],
    { tries = 0, createdAt = at }: { tries?: number; createdAt?: Date } = {},
  ): Promise<SentBatch> {
    const events = results.map((_, index) => eventOf(`${index}`));
    const rest = { scope: defaultScope, target, events: events.length, tries, createdAt, dueAt: undefined };
    await insertPublicationBatches(database, [{ ...rest, ...(await encodeBatch(events)) }]);
    const [batch] = await database.query<PublicationBatch>(
      `UPDATE publication_batches SET state = 'claimed', claimed_by = $1 WHERE state = 'due'
       RETURNING id, scope, target, events, bytes, payload, tries, created_at AS "createdAt"`,
      [worker],
    );
    if (!batch) throw new Error("no batch was added");
    const known = results.map((result, index) => ({ event: eventOf(`${index}`), result }));
    return { batch, results: known, unreadable: undefined };
  }

  const settle = (sent: readonly SentBatch[] | undefined, batches = (sent ?? []).map(({ batch }) => batch)) =>
    settleBatches(database, { worker, target, counted: [target], batches, sent, at }, options);

  /** What is left: state, tries, seconds until it is due, and the IDs of its events. */
  async function left() {
    const rows = await database.query<{ state: string; tries: number; due_at: Date | null; payload: Uint8Array }>(
      "SELECT state, tries, due_at, payload FROM publication_batches ORDER BY id",
    );
    return Promise.all(
      rows.map(async ({ state, tries, due_at, payload }) => {
        const seconds = due_at && Math.round((due_at.getTime() - at.getTime()) / 1000);
        return { state, tries, seconds, ids: (await decodeBatch(payload)).map(({ id }) => id) };
      }),
    );
  }

  it("keeps what failed for its retry and what was not tried for now", async () => {
    const result = await settle([await sentBatch([delivered, failed, untried, refused, failed])]);
    expect(result).toEqual({ delivered: 1, failed: 3, discarded: 1, error: "busy" });
    const [later, now, ...more] = await left();
    expect(later).toMatchObject({ state: "waiting", tries: 1, ids: ["1", "4"] });
    expect(later?.seconds).toBeGreaterThanOrEqual(54);
    expect(later?.seconds).toBeLessThanOrEqual(66);
    expect(now).toEqual({ state: "due", tries: 0, seconds: null, ids: ["2"] });
    expect(more).toEqual([]);
    expect(await selectTargetStatuses(database)).toMatchObject([
      { target, delivered: 1, discarded: 1, lastDeliveredAt: at, failingSince: null, lastFailedAt: at },
    ]);
  });

  it("gives up what failed for the last time, or is too old, but keeps what was not tried", async () => {
    const old = new Date(at.getTime() - options.maxAgeMs - 1);
    const batches = [await sentBatch([failed, untried], { tries: 2 })];
    batches.push(await sentBatch([failed, untried], { createdAt: old }));
    expect(await settle(batches)).toEqual({ delivered: 0, failed: 2, discarded: 2, error: "busy" });
    expect(await left()).toMatchObject([
      { state: "due", tries: 2, ids: ["1"] },
      { state: "due", tries: 0, ids: ["1"] },
    ]);
  });

  it("counts only batches that its worker still has", async () => {
    const [lost, own] = [await sentBatch([delivered, failed]), await sentBatch([delivered])];
    await database.query("UPDATE publication_batches SET claimed_by = $1 WHERE id = $2", [randomUUID(), lost.batch.id]);
    expect(await settle([lost, own])).toEqual({ delivered: 1, failed: 0, discarded: 0, error: undefined });
    expect(await left()).toMatchObject([{ state: "claimed", ids: ["0", "1"] }]);
  });

  it("deletes what was for a target that is gone, and notes nothing", async () => {
    const { batch } = await sentBatch([untried]);
    expect(await settle(undefined, [batch])).toEqual({ delivered: 0, failed: 0, discarded: 0, error: undefined });
    expect(await left()).toEqual([]);
    expect(await selectTargetStatuses(database)).toEqual([]);
  });

  it("notes since when every try has failed", async () => {
    await settle([await sentBatch([failed])]);
    const later = new Date(at.getTime() + 60_000);
    const { batch, ...rest } = await sentBatch([refused]);
    await settleBatches(
      database,
      { worker, target, counted: [target], batches: [batch], sent: [{ batch, ...rest }], at: later },
      options,
    );
    expect(await selectTargetStatuses(database)).toMatchObject([
      { failingSince: at, lastFailedAt: later, lastError: "no", lastDeliveredAt: null },
    ]);
    // Nothing was tried: that says nothing about the target.
    await settle([await sentBatch([untried])]);
    expect(await selectTargetStatuses(database)).toMatchObject([{ failingSince: at, lastFailedAt: later }]);
  });
});

function eventOf(id: string): PublishedEvent {
  return { id, type: "SEND", publication: 1, messageId: "m", at: 1, identity: undefined, body: "{}" };
}
