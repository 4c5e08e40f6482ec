/** The table mirror_types: how many events of each type each source has received. */
import type { Queryable } from "./database.ts";

/** The events of one type that a source has received for one configuration set ('' for none) of a scope. */
export interface MirrorType {
  readonly source: string;
  readonly scope: number;
  readonly configurationSet: string;
  readonly type: string;
  readonly events: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** The counts of one source, or of all. */
export async function selectMirrorTypes(database: Queryable, source?: string): Promise<MirrorType[]> {
  return database.query(
    `SELECT source, scope, configuration_set AS "configurationSet", type, events, first_at AS "firstAt", last_at AS "lastAt"
     FROM mirror_types WHERE $1::uuid IS NULL OR source = $1 ORDER BY source, scope, configuration_set, type`,
    [source ?? null],
  );
}

/** Adds to the counts. Rows of deleted sources or scopes are ignored. */
export async function addMirrorTypes(database: Queryable, added: readonly MirrorType[]): Promise<void> {
  if (added.length === 0) return;
  // Sorted, so that concurrent statements lock rows in the same order.
  const sorted = added.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  await database.query(
    `INSERT INTO mirror_types (source, scope, configuration_set, type, events, first_at, last_at)
     SELECT added.* FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::timestamptz[])
       AS added (source, scope, configuration_set, type, events, first_at, last_at)
     WHERE EXISTS (SELECT FROM mirror_sources WHERE id = added.source) AND EXISTS (SELECT FROM scopes WHERE id = added.scope)
     ON CONFLICT (source, scope, configuration_set, type) DO UPDATE SET
       events = mirror_types.events + excluded.events,
       first_at = least(mirror_types.first_at, excluded.first_at),
       last_at = greatest(mirror_types.last_at, excluded.last_at)`,
    [
      sorted.map(({ source }) => source),
      sorted.map(({ scope }) => scope),
      sorted.map(({ configurationSet }) => configurationSet),
      sorted.map(({ type }) => type),
      sorted.map(({ events }) => events),
      sorted.map(({ firstAt }) => firstAt),
      sorted.map(({ lastAt }) => lastAt),
    ],
  );
}

function keyOf({ source, scope, configurationSet, type }: MirrorType): string {
  return `${source} ${String(scope).padStart(10, "0")} ${configurationSet} ${type}`;
}
