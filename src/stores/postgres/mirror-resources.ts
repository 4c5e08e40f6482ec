/** The tables mirror_resources and mirror_resource_kinds: their migration describes the columns. */
import type { Queryable } from "./database.ts";

/** A row of mirror_resource_kinds. */
export interface MirrorResourceKind {
  readonly source: string;
  readonly kind: string;
  readonly origin: string;
  readonly listedAt: Date | null;
  readonly error: string | null;
  readonly errorAt: Date | null;
}

/** A row of mirror_resources without its details. */
export interface MirrorResourceRow {
  readonly name: string;
  readonly pulledAt: Date | null;
  readonly facts: string | null;
  readonly error: string | null;
}

/** How many rows there are, how many have not been read yet, and how many could not be read. */
export interface MirrorResourceCounts {
  readonly kind: string;
  readonly total: number;
  readonly waiting: number;
  readonly failed: number;
}

/** The result of reading details. */
export type AskedResource =
  | { readonly facts: string; readonly details: string | null; readonly error: string | null }
  /** Earlier facts and details are kept. */
  | { readonly error: string };

const rowColumns = `name, pulled_at AS "pulledAt", facts, error`;

/** The kinds of a source that were read, or could not be read. */
export async function selectMirrorResourceKinds(database: Queryable, source: string): Promise<MirrorResourceKind[]> {
  return database.query(
    `SELECT source, kind, origin, listed_at AS "listedAt", error, error_at AS "errorAt"
     FROM mirror_resource_kinds WHERE source = $1::uuid`,
    [source],
  );
}

/** Stores a row, unless its source has been deleted. */
export async function putMirrorResourceKind(database: Queryable, kind: MirrorResourceKind): Promise<void> {
  await database.query(
    `INSERT INTO mirror_resource_kinds (source, kind, origin, listed_at, error, error_at)
     SELECT id, $2::text, $3::text, $4::timestamptz, $5::text, $6::timestamptz FROM mirror_sources WHERE id = $1::uuid
     ON CONFLICT (source, kind) DO UPDATE SET origin = excluded.origin, listed_at = excluded.listed_at,
       error = excluded.error, error_at = excluded.error_at`,
    [kind.source, kind.kind, kind.origin, kind.listedAt, kind.error, kind.errorAt],
  );
}

/** Deletes everything that was read for a source. */
export async function deleteMirrorResources(database: Queryable, source: string): Promise<void> {
  await database.query(
    `WITH kinds AS (DELETE FROM mirror_resource_kinds WHERE source = $1::uuid)
     DELETE FROM mirror_resources WHERE source = $1::uuid`,
    [source],
  );
}

/** Stores the names on a page of a listing that began at `listedAt`, unless the source has been deleted. */
export async function listMirrorResources(
  database: Queryable,
  { source, kind, listedAt }: { source: string; kind: string; listedAt: Date },
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await database.query(
    `INSERT INTO mirror_resources (source, kind, name, listed_at)
     SELECT mirror_sources.id, $2::text, given.name, $4::timestamptz
     FROM mirror_sources, (SELECT DISTINCT unnest($3::text[]) AS name) AS given
     WHERE mirror_sources.id = $1::uuid ORDER BY given.name
     ON CONFLICT (source, kind, name) DO UPDATE SET listed_at = greatest(mirror_resources.listed_at, excluded.listed_at)`,
    [source, kind, names, listedAt],
  );
}

/** Deletes resources that a complete listing did not contain. */
export async function deleteUnlistedMirrorResources(
  database: Queryable,
  { source, kind, listedAt }: { source: string; kind: string; listedAt: Date },
): Promise<void> {
  await database.query(
    "DELETE FROM mirror_resources WHERE source = $1::uuid AND kind = $2 AND listed_at < $3::timestamptz",
    [source, kind, listedAt],
  );
}

/** Names whose details were last requested at `until` or earlier; those never requested come first. */
export async function selectMirrorResourcesToAsk(
  database: Queryable,
  { source, kind }: { source: string; kind: string },
  { until, limit }: { until: Date; limit: number },
): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM mirror_resources
     WHERE source = $1::uuid AND kind = $2 AND (asked_at IS NULL OR asked_at <= $3::timestamptz)
     ORDER BY asked_at NULLS FIRST, name LIMIT $4::bigint`,
    [source, kind, until, limit],
  );
  return rows.map(({ name }) => name);
}

/** Stores the result of reading details; undefined deletes the resource, which no longer exists. */
export async function putMirrorResource(
  database: Queryable,
  { source, kind, name }: { source: string; kind: string; name: string },
  asked: AskedResource | undefined,
  now: Date,
): Promise<void> {
  const key = [source, kind, name];
  if (asked === undefined) {
    await database.query("DELETE FROM mirror_resources WHERE source = $1::uuid AND kind = $2 AND name = $3", key);
  } else if ("facts" in asked) {
    await database.query(
      `UPDATE mirror_resources SET asked_at = $4, pulled_at = $4, facts = $5, details = $6, error = $7
       WHERE source = $1::uuid AND kind = $2 AND name = $3`,
      [...key, now, asked.facts, asked.details, asked.error],
    );
  } else {
    await database.query(
      `UPDATE mirror_resources SET asked_at = $4, error = $5 WHERE source = $1::uuid AND kind = $2 AND name = $3`,
      [...key, now, asked.error],
    );
  }
}

/** A page of a kind, by name, after the name `after`. */
export async function selectMirrorResources(
  database: Queryable,
  { source, kind }: { source: string; kind: string },
  { after, limit }: { after: string; limit: number },
): Promise<MirrorResourceRow[]> {
  return database.query(
    `SELECT ${rowColumns} FROM mirror_resources
     WHERE source = $1::uuid AND kind = $2 AND name > $3 ORDER BY name LIMIT $4::bigint`,
    [source, kind, after, limit],
  );
}

/** A resource with its details; undefined if it does not exist. */
export async function selectMirrorResource(
  database: Queryable,
  { source, kind, name }: { source: string; kind: string; name: string },
): Promise<(MirrorResourceRow & { readonly details: string | null }) | undefined> {
  const [row] = await database.query<MirrorResourceRow & { details: string | null }>(
    `SELECT ${rowColumns}, details FROM mirror_resources WHERE source = $1::uuid AND kind = $2 AND name = $3`,
    [source, kind, name],
  );
  return row;
}

/** The counts of each kind that has rows. */
export async function countMirrorResources(database: Queryable, source: string): Promise<MirrorResourceCounts[]> {
  return database.query(
    `SELECT kind, count(*) AS total, count(*) FILTER (WHERE asked_at IS NULL) AS waiting,
       count(*) FILTER (WHERE error IS NOT NULL) AS failed
     FROM mirror_resources WHERE source = $1::uuid GROUP BY kind`,
    [source],
  );
}
