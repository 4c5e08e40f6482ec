/** The table mirror_pulls: its migration describes the columns. */
import type { Queryable } from "./database.ts";

/** A row of mirror_pulls. */
export interface MirrorPull {
  readonly source: string;
  readonly pulledUntil: Date | null;
  readonly pushedUntil: Date | null;
  readonly error: string | null;
  readonly errorAt: Date | null;
}

/** All rows. A source has one once something was fetched, or could not be fetched. */
export async function selectMirrorPulls(database: Queryable): Promise<MirrorPull[]> {
  return database.query<MirrorPull>(
    `SELECT source, pulled_until AS "pulledUntil", pushed_until AS "pushedUntil", error, error_at AS "errorAt"
     FROM mirror_pulls`,
  );
}

/** Stores a row, unless its source has been deleted. */
export async function putMirrorPull(database: Queryable, pull: MirrorPull): Promise<void> {
  await database.query(
    `INSERT INTO mirror_pulls (source, pulled_until, pushed_until, error, error_at)
     SELECT id, $2::timestamptz, $3::timestamptz, $4::text, $5::timestamptz FROM mirror_sources WHERE id = $1::uuid
     ON CONFLICT (source) DO UPDATE SET pulled_until = excluded.pulled_until, pushed_until = excluded.pushed_until,
       error = excluded.error, error_at = excluded.error_at`,
    [pull.source, pull.pulledUntil, pull.pushedUntil, pull.error, pull.errorAt],
  );
}
