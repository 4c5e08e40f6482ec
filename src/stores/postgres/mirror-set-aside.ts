/** The table mirror_set_aside: records that could not be read. */
import type { Queryable } from "./database.ts";

export interface SetAside {
  readonly digest: Uint8Array;
  readonly reason: string;
  /** Compressed with zstd. */
  readonly payload: Uint8Array;
}

export interface StoredSetAside extends SetAside {
  readonly id: number;
  readonly receivedAt: Date;
  readonly times: number;
}

/** Stores up to `limit` records of a source; further ones are only counted. A repeated record increments its row. */
export async function insertSetAside(
  database: Queryable,
  source: string,
  records: readonly SetAside[],
  { now, limit }: { now: Date; limit: number },
): Promise<void> {
  if (records.length === 0) return;
  await database.query(
    `WITH given AS (
       SELECT DISTINCT ON (digest) digest, reason, payload FROM unnest($2::bytea[], $3::text[], $4::bytea[]) AS given (digest, reason, payload)
     ), room AS (
       SELECT $6::bigint - count(*) AS rows FROM mirror_set_aside WHERE source = $1::uuid
     ), fitting AS (
       SELECT given.* FROM given, room WHERE rows > 0 OR EXISTS (
         SELECT FROM mirror_set_aside WHERE source = $1::uuid AND mirror_set_aside.digest = given.digest)
     ), kept AS (
       INSERT INTO mirror_set_aside (source, digest, reason, received_at, payload)
       SELECT $1::uuid, digest, reason, $5::timestamptz, payload FROM fitting ORDER BY digest
       ON CONFLICT (source, digest) DO UPDATE SET times = mirror_set_aside.times + 1, reason = excluded.reason, received_at = excluded.received_at
     )
     UPDATE mirror_sources SET dropped = dropped + (SELECT count(*) FROM given) - (SELECT count(*) FROM fitting)
     WHERE id = $1::uuid AND (SELECT count(*) FROM given) > (SELECT count(*) FROM fitting)`,
    [
      source,
      records.map(({ digest }) => digest),
      records.map(({ reason }) => reason),
      records.map(({ payload }) => payload),
      now,
      limit,
    ],
  );
}

/** A page of a source's records after the one with the ID `after`, oldest first. */
export async function selectSetAside(
  database: Queryable,
  source: string,
  { after, limit }: { after: number; limit: number },
): Promise<StoredSetAside[]> {
  return database.query(
    `SELECT id, digest, reason, received_at AS "receivedAt", times, payload FROM mirror_set_aside
     WHERE source = $1::uuid AND id > $2::bigint ORDER BY id LIMIT $3::bigint`,
    [source, after, limit],
  );
}

/** The number of set-aside records of each source that has any, or of one source. */
export async function countSetAside(database: Queryable, source?: string): Promise<Map<string, number>> {
  const rows = await database.query<{ source: string; count: number }>(
    "SELECT source, count(*) AS count FROM mirror_set_aside WHERE $1::uuid IS NULL OR source = $1 GROUP BY source",
    [source ?? null],
  );
  return new Map(rows.map(({ source, count }) => [source, count]));
}

export async function deleteSetAside(database: Queryable, source: string, ids: readonly number[]): Promise<void> {
  await database.query("DELETE FROM mirror_set_aside WHERE source = $1::uuid AND id = ANY($2::bigint[])", [
    source,
    ids,
  ]);
}

/** Deletes all records of a source. */
export async function deleteAllSetAside(database: Queryable, source: string): Promise<void> {
  await database.query("DELETE FROM mirror_set_aside WHERE source = $1::uuid", [source]);
}
