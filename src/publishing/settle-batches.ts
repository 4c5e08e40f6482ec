/** Settles batches after a try, in one transaction: what was delivered goes, what failed waits or is given up. */
import type { Database } from "../stores/postgres/database.ts";
import {
  deleteClaimedBatches,
  insertPublicationBatches,
  type NewPublicationBatch,
  type PublicationBatch,
} from "../stores/postgres/publication-batches.ts";
import { recordTargetResult } from "../stores/postgres/publication-targets.ts";
import { encodeBatch } from "./batch-format.ts";
import type { PublishedEvent } from "./published-event.ts";
import { nextTry, type PublishingRetries } from "./retry-schedule.ts";
import type { SentBatch } from "./send-batches.ts";

export interface BatchesToSettle {
  /** The worker that claimed them. */
  readonly worker: string;
  readonly target: string;
  /** The targets under which the results count. */
  readonly counted: readonly string[];
  readonly batches: readonly PublicationBatch[];
  /** The results; undefined if the target does not exist any more. */
  readonly sent: readonly SentBatch[] | undefined;
  readonly at: Date;
}

/** How many events were delivered, failed (also for now) and were given up, and the last failure. */
export interface SettledBatches {
  delivered: number;
  failed: number;
  discarded: number;
  error: string | undefined;
}

export async function settleBatches(
  database: Database,
  { worker, target, counted, batches, sent, at }: BatchesToSettle,
  { retries, maxAgeMs }: { retries: PublishingRetries; maxAgeMs: number },
): Promise<SettledBatches> {
  const ids = batches.map(({ id }) => id);
  const settled: SettledBatches = { delivered: 0, failed: 0, discarded: 0, error: undefined };
  if (!sent) {
    await deleteClaimedBatches(database, worker, ids);
    return settled;
  }
  const remaining = new Map<number, NewPublicationBatch[]>();
  const counts = new Map<number, SettledBatches>();
  for (const { batch, results, unreadable } of sent) {
    const count: SettledBatches = { delivered: 0, failed: 0, discarded: 0, error: unreadable };
    counts.set(batch.id, count);
    if (unreadable !== undefined) {
      count.failed = count.discarded = batch.events;
      continue;
    }
    const later: PublishedEvent[] = [];
    const untried: PublishedEvent[] = [];
    const tooOld = at.getTime() - batch.createdAt.getTime() > maxAgeMs;
    const dueAt = tooOld ? undefined : nextTry(retries, { tries: batch.tries + 1, at });
    for (const { event, result } of results) {
      if (result.outcome === "delivered") count.delivered++;
      else if (result.outcome === "untried") untried.push(event);
      else {
        count.failed++;
        count.error = result.error;
        if (result.permanent || dueAt === undefined) count.discarded++;
        else later.push(event);
      }
    }
    const rest: NewPublicationBatch[] = [];
    const { scope, createdAt } = batch;
    if (later.length > 0) rest.push(await batchOf(later, { scope, target, dueAt, tries: batch.tries + 1, createdAt }));
    if (untried.length > 0) {
      rest.push(await batchOf(untried, { scope, target, dueAt: undefined, tries: batch.tries, createdAt }));
    }
    remaining.set(batch.id, rest);
  }
  await database.transaction(async (transaction) => {
    // A worker that was declared dead has lost its claims: another one sends and settles these batches.
    const owned = await deleteClaimedBatches(transaction, worker, ids);
    for (const id of owned) {
      const count = counts.get(id);
      if (!count) continue;
      settled.delivered += count.delivered;
      settled.failed += count.failed;
      settled.discarded += count.discarded;
      settled.error = count.error ?? settled.error;
      await insertPublicationBatches(transaction, remaining.get(id) ?? []);
    }
    if (settled.delivered + settled.failed === 0) return;
    for (const one of counted) await recordTargetResult(transaction, { ...settled, target: one, at });
  });
  return settled;
}

async function batchOf(
  events: readonly PublishedEvent[],
  rest: Pick<NewPublicationBatch, "scope" | "target" | "dueAt" | "tries" | "createdAt">,
): Promise<NewPublicationBatch> {
  return { ...rest, events: events.length, ...(await encodeBatch(events)) };
}
