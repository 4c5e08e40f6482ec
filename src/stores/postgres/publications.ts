/** The publications table: its migration describes the columns. Commits add the rows of mail (outbox.ts). */
import type { Queryable, ScopedQueryable } from "./database.ts";

/** What the events of a row are about. */
export type PublicationKind = "mail" | "account";

export interface Publication {
  readonly id: number;
  /** The account and region of its events. */
  readonly scope: number;
  readonly kind: PublicationKind;
  readonly events: number;
  /** Compressed with zstd. */
  readonly payload: Uint8Array;
  /** The layout of the events. */
  readonly version: number;
}

const columns = "id, scope, kind, events, payload, version";

/** The layout of the events of a row of kind `account`. */
export const accountEventVersion = 1;

/** Adds events that are not about mail, in the transaction of what they report. */
export async function insertAccountPublication(
  transaction: ScopedQueryable,
  { now, events, payload }: { now: Date; events: number; payload: Uint8Array },
): Promise<void> {
  await transaction.query(
    `INSERT INTO publications (scope, kind, committed_at, events, payload, version)
     VALUES ($5, 'account', $1, $2, $3, $4)`,
    [now, events, payload, accountEventVersion, transaction.scope],
  );
}

/** The oldest rows to route, of all scopes, with up to `maxEvents` events in total, but at least one row. */
export async function selectUnrouted(database: Queryable, now: Date, maxEvents: number): Promise<Publication[]> {
  return database.query<Publication>(
    `SELECT ${columns} FROM (
       SELECT ${columns}, sum(events) OVER (ORDER BY id) AS total FROM (
         SELECT ${columns} FROM publications
         WHERE routed_at IS NULL AND (retry_at IS NULL OR retry_at <= $1 OR retry_at > $1 + interval '1 hour')
         ORDER BY id LIMIT 500
       ) AS oldest
     ) AS counted
     WHERE total - events < $2 ORDER BY id`,
    [now, maxEvents],
  );
}

/** Marks rows as routed; returns the number of those that were not yet. */
export async function markRouted(transaction: Queryable, ids: readonly number[], now: Date): Promise<number> {
  const rows = await transaction.query(
    `UPDATE publications SET routed_at = $2, failure = NULL, retry_at = NULL
     WHERE id = ANY($1::bigint[]) AND routed_at IS NULL RETURNING 1`,
    [ids, now],
  );
  return rows.length;
}

/** Notes why rows can't be routed at the moment. */
export async function postponeRouting(
  database: Queryable,
  rows: readonly { id: number; reason: string }[],
  retryAt: Date,
): Promise<void> {
  await database.query(
    `UPDATE publications SET failure = failed.reason, retry_at = $3
     FROM unnest($1::bigint[], $2::text[]) AS failed (id, reason)
     WHERE publications.id = failed.id AND routed_at IS NULL`,
    [rows.map(({ id }) => id), rows.map(({ reason }) => reason), retryAt],
  );
}

/** The rows that may contain the SENDs of messages that were sent at these times, in milliseconds since 1970. */
export async function selectPublicationsOfSends(database: Queryable, times: readonly number[]): Promise<Publication[]> {
  return database.query<Publication>(
    `SELECT DISTINCT ON (publications.id) ${columns} FROM unnest($1::bigint[]) AS time
     JOIN publications ON publications.sent @> time ORDER BY publications.id`,
    [times],
  );
}

/** The row with this ID; undefined if it was deleted, or belongs to another scope. */
export async function selectPublication(database: ScopedQueryable, id: number): Promise<Publication | undefined> {
  const [row] = await database.query<Publication>(`SELECT ${columns} FROM publications WHERE id = $1 AND scope = $2`, [
    id,
    database.scope,
  ]);
  return row;
}

/** Routed rows that were committed in a period, oldest first, from the one after `after` on. */
export async function selectRouted(
  database: ScopedQueryable,
  { from, to, after, limit }: { from: Date; to: Date; after: number; limit: number },
): Promise<Publication[]> {
  return database.query<Publication>(
    `SELECT ${columns} FROM publications
     WHERE committed_at >= $1 AND committed_at < $2 AND id > $3 AND routed_at IS NOT NULL AND scope = $5
     ORDER BY id LIMIT $4`,
    [from, to, after, limit, database.scope],
  );
}

/** Deletes routed rows of all scopes that were committed before a time, a bounded number per call; returns their number. */
export async function deletePublicationsBefore(database: Queryable, before: Date, limit = 1_000): Promise<number> {
  const rows = await database.query(
    `DELETE FROM publications WHERE id IN (
       SELECT id FROM publications WHERE committed_at < $1 AND routed_at IS NOT NULL ORDER BY committed_at LIMIT $2
     ) RETURNING 1`,
    [before, limit],
  );
  return rows.length;
}

/** What waits to be routed of a scope, or of all scopes, and what can't be at the moment. */
export async function countUnrouted(database: Queryable, scope?: number): Promise<{ events: number; failed: number }> {
  const [counted] = await database.query<{ events: number; failed: number }>(
    `SELECT coalesce(sum(events), 0)::bigint AS events,
       coalesce(sum(events) FILTER (WHERE failure IS NOT NULL), 0)::bigint AS failed
     FROM publications WHERE routed_at IS NULL AND ($1::integer IS NULL OR scope = $1)`,
    [scope ?? null],
  );
  return counted ?? { events: 0, failed: 0 };
}

/** PGlite has no autovacuum. */
export async function vacuumPublications(database: Queryable): Promise<void> {
  await database.query("VACUUM publications");
  await database.query("VACUUM publication_batches");
}
