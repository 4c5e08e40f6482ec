/**
 * The publication_targets table: its migration describes the columns. The name of a target occurs in one scope only
 * (target-name.ts), so its status belongs to the scope of whoever may know the name.
 */
import type { Queryable } from "./database.ts";

/** How publishing to a target goes. */
export interface TargetStatus {
  readonly target: string;
  readonly delivered: number;
  readonly discarded: number;
  readonly lastDeliveredAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastFailedAt: Date | null;
  readonly lastError: string | null;
}

/** What a try brought. */
export interface TargetResult {
  readonly target: string;
  readonly delivered: number;
  readonly discarded: number;
  /** Why at least one event failed; undefined if none did. */
  readonly error: string | undefined;
  readonly at: Date;
}

/** Adds the results of a try. A try in which something was delivered ends a time of failure. */
export async function recordTargetResult(
  transaction: Queryable,
  { target, delivered, discarded, error, at }: TargetResult,
): Promise<void> {
  await transaction.query(
    `INSERT INTO publication_targets AS targets
       (target, delivered, discarded, last_delivered_at, failing_since, last_failed_at, last_error)
     VALUES ($1, $2::bigint, $3::bigint, CASE WHEN $2::bigint > 0 THEN $5::timestamptz END,
       CASE WHEN $2::bigint = 0 AND $4::text IS NOT NULL THEN $5::timestamptz END,
       CASE WHEN $4::text IS NOT NULL THEN $5::timestamptz END, $4::text)
     ON CONFLICT (target) DO UPDATE SET
       delivered = targets.delivered + excluded.delivered,
       discarded = targets.discarded + excluded.discarded,
       last_delivered_at = coalesce(excluded.last_delivered_at, targets.last_delivered_at),
       failing_since = CASE WHEN excluded.delivered > 0 THEN NULL
         ELSE coalesce(targets.failing_since, excluded.failing_since) END,
       last_failed_at = coalesce(excluded.last_failed_at, targets.last_failed_at),
       last_error = coalesce(excluded.last_error, targets.last_error)`,
    [target, delivered, discarded, error ?? null, at],
  );
}

const columns = `target, delivered, discarded, last_delivered_at AS "lastDeliveredAt", failing_since AS "failingSince",
  last_failed_at AS "lastFailedAt", last_error AS "lastError"`;

/** The statuses of all targets. Targets to which nothing was published yet are absent. */
export async function selectTargetStatuses(database: Queryable): Promise<TargetStatus[]> {
  return database.query<TargetStatus>(`SELECT ${columns} FROM publication_targets ORDER BY target`);
}

/** The status of a target; undefined if nothing was published to it yet. */
export async function selectTargetStatus(database: Queryable, target: string): Promise<TargetStatus | undefined> {
  const [row] = await database.query<TargetStatus>(`SELECT ${columns} FROM publication_targets WHERE target = $1`, [
    target,
  ]);
  return row;
}
