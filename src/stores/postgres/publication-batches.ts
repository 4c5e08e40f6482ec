/**
 * The publication_batches table, the queue of publishing: its migration describes the columns. Its targets belong to all
 * scopes, and the name of each occurs in one only (target-name.ts).
 */
import type { Database, Queryable } from "./database.ts";

/** Events for a target. */
export interface NewPublicationBatch {
  /** The scope of the target. */
  readonly scope: number;
  readonly target: string;
  readonly events: number;
  /** Uncompressed. */
  readonly bytes: number;
  /** Compressed with zstd. */
  readonly payload: Uint8Array;
  /** Undefined: at once. */
  readonly dueAt: Date | undefined;
  /** Earlier failed tries. */
  readonly tries: number;
  readonly createdAt: Date;
}

export interface PublicationBatch {
  readonly id: number;
  readonly scope: number;
  readonly target: string;
  readonly events: number;
  readonly bytes: number;
  readonly payload: Uint8Array;
  readonly tries: number;
  readonly createdAt: Date;
}

/** Adds batches as part of a transaction. */
export async function insertPublicationBatches(
  transaction: Queryable,
  batches: readonly NewPublicationBatch[],
): Promise<void> {
  for (const { scope, target, events, bytes, payload, dueAt, tries, createdAt } of batches) {
    await transaction.query(
      `INSERT INTO publication_batches (target, events, bytes, payload, due_at, state, tries, created_at, scope)
       VALUES ($1, $2, $3, $4, $5::timestamptz, CASE WHEN $5::timestamptz IS NULL THEN 'due' ELSE 'waiting' END, $6, $7, $8)`,
      [target, events, bytes, payload, dueAt ?? null, tries, createdAt, scope],
    );
  }
}

/** Selects the batches that a worker claims. */
export interface BatchClaim {
  readonly worker: string;
  /** Start after this target; empty for the first. Claims rotate through the targets, so that none delays others. */
  readonly after: string;
  /** Targets to skip. */
  readonly except: readonly string[];
  readonly targets: number;
  /** How many events of a target are claimed, but at least one batch. */
  readonly events: number;
}

/** How many batches of a target a claim looks at. */
const mostBatches = 64;

/**
 * Claims due batches, the oldest of each target first; nothing if the worker was declared dead. Finds each target
 * with one index probe, regardless of its number of batches.
 */
export async function claimPublicationBatches(database: Database, claim: BatchClaim): Promise<PublicationBatch[]> {
  const rows = await database.query<PublicationBatch>(
    `WITH RECURSIVE worker AS MATERIALIZED (
       -- Held until the claim is committed: a worker can't be buried and claim at the same time.
       SELECT id FROM queue_workers WHERE id = $1::uuid FOR KEY SHARE
     ),
     targets (target) AS (
       SELECT (SELECT target FROM publication_batches WHERE state = 'due' AND target > $2::text ORDER BY target LIMIT 1)
       UNION ALL
       SELECT (SELECT target FROM publication_batches WHERE state = 'due' AND target > targets.target ORDER BY target LIMIT 1)
       FROM targets WHERE targets.target IS NOT NULL
     ),
     chosen AS MATERIALIZED (
       SELECT target FROM targets WHERE target IS NOT NULL AND target <> ALL($3::text[]) LIMIT $4::integer
     ),
     picked AS MATERIALIZED (
       SELECT batch.id FROM worker CROSS JOIN chosen CROSS JOIN LATERAL (
         SELECT id, sum(events) OVER (ORDER BY id) - events AS before FROM (
           SELECT id, events FROM publication_batches WHERE state = 'due' AND target = chosen.target
           ORDER BY id LIMIT ${mostBatches} FOR UPDATE SKIP LOCKED
         ) AS oldest
       ) AS batch
       WHERE batch.before < $5::integer
     )
     UPDATE publication_batches AS batches SET state = 'claimed', claimed_by = $1::uuid, due_at = NULL
     FROM picked WHERE batches.id = picked.id
     RETURNING batches.id, scope, target, events, bytes, payload, tries, created_at AS "createdAt"`,
    [claim.worker, claim.after, claim.except, claim.targets, claim.events],
  );
  return rows.sort((one, other) => one.id - other.id);
}

/** Deletes batches that a worker has claimed; returns the IDs of those that it still had. */
export async function deleteClaimedBatches(
  transaction: Queryable,
  worker: string,
  ids: readonly number[],
): Promise<Set<number>> {
  const rows = await transaction.query<{ id: number }>(
    `DELETE FROM publication_batches WHERE id = ANY($2::bigint[]) AND state = 'claimed' AND claimed_by = $1::uuid
     RETURNING id`,
    [worker, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Releases claimed batches without a try; they are due at `dueAt`, or at once. */
export async function releaseBatches(
  database: Queryable,
  worker: string,
  ids: readonly number[],
  dueAt: Date | undefined,
): Promise<void> {
  await database.query(
    `UPDATE publication_batches SET claimed_by = NULL, due_at = $3::timestamptz,
       state = CASE WHEN $3::timestamptz IS NULL THEN 'due' ELSE 'waiting' END
     WHERE id = ANY($2::bigint[]) AND state = 'claimed' AND claimed_by = $1::uuid`,
    [worker, ids, dueAt ?? null],
  );
}

/**
 * Makes waiting batches due once their time has come; returns their number, at most twice `limit`. No batch waits longer
 * than `longestMs`: one that does was given its time before the clock was set back. Each of the two is found by a range of
 * the index; both in one condition would read everything that waits.
 */
export async function promoteBatches(
  database: Queryable,
  { now, longestMs, limit }: { now: Date; longestMs: number; limit: number },
): Promise<number> {
  const rows = await database.query(
    `WITH come AS MATERIALIZED (
       SELECT id FROM publication_batches WHERE state = 'waiting' AND due_at <= $1
       ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
     ),
     too_late AS MATERIALIZED (
       SELECT id FROM publication_batches WHERE state = 'waiting' AND due_at > $2
       ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
     )
     UPDATE publication_batches SET state = 'due', due_at = NULL
     WHERE id IN (SELECT id FROM come UNION ALL SELECT id FROM too_late)
     RETURNING 1`,
    [now, new Date(now.getTime() + longestMs), limit],
  );
  return rows.length;
}

/** Makes waiting batches of a target due, because it takes events again; returns their number. */
export async function hurryBatches(database: Queryable, target: string, limit: number): Promise<number> {
  const rows = await database.query(
    `UPDATE publication_batches SET state = 'due', due_at = NULL
     WHERE id IN (
       SELECT id FROM publication_batches WHERE state = 'waiting' AND target = $1
       ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1`,
    [target, limit],
  );
  return rows.length;
}

/** Ends the wait of all batches of targets. Publishers notice it as they notice any retry that is due, in a second. */
export async function endWaitOfBatches(database: Queryable, targets: readonly string[]): Promise<void> {
  await database.query(
    "UPDATE publication_batches SET due_at = to_timestamp(0) WHERE state = 'waiting' AND target = ANY($1::text[])",
    [targets],
  );
}

/** What waits for a target, including what is being sent. */
export interface TargetBacklog {
  readonly target: string;
  readonly events: number;
  readonly bytes: number;
  readonly oldestAt: Date;
}

/** What waits for the targets of a scope, or of all scopes. */
export async function selectBacklogs(database: Queryable, scope?: number): Promise<TargetBacklog[]> {
  return database.query<TargetBacklog>(
    `SELECT target, sum(events)::bigint AS events, sum(bytes)::bigint AS bytes, min(created_at) AS "oldestAt"
     FROM publication_batches WHERE $1::integer IS NULL OR scope = $1 GROUP BY target ORDER BY target`,
    [scope ?? null],
  );
}

/** Deletes what is left of event destinations and webhooks that no longer exist: batches, and how publishing went. */
export async function deleteLeftovers(database: Queryable): Promise<void> {
  const isLeft = `target ~ '^(destination|webhook):'
    AND target NOT IN (SELECT 'destination:' || id FROM event_destinations UNION ALL SELECT 'webhook:' || id FROM webhooks)`;
  await database.query(`DELETE FROM publication_batches WHERE state <> 'claimed' AND ${isLeft}`);
  await database.query(`DELETE FROM publication_targets WHERE ${isLeft}`);
}
