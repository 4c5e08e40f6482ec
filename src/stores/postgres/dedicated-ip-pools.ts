/** The dedicated_ip_pools table, and which configuration sets send with which pool. */
import type { Tag } from "@aws-sdk/client-sesv2";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";

/**
 * Adds a pool unless its name is taken or there are `limit` already. Of concurrent calls with the same name, one creates
 * it. Concurrent calls with different names may exceed the limit by a few.
 */
export async function insertPool(
  database: ScopedQueryable,
  { name, tags }: { name: string; tags: readonly Tag[] },
  limit: number,
): Promise<InsertOutcome> {
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // The last branch covers a row that a concurrent transaction adds: see insertConfigurationSet.
    `WITH room AS (SELECT count(*) < $4::bigint AS free FROM dedicated_ip_pools WHERE scope = $1::integer),
     created AS (
       INSERT INTO dedicated_ip_pools (scope, name, tags)
       SELECT $1::integer, $2::text, $3::text::jsonb FROM room WHERE free
       ON CONFLICT (scope, name) DO NOTHING RETURNING name
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM dedicated_ip_pools WHERE scope = $1::integer AND name = $2::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [database.scope, name, JSON.stringify(tags), limit],
  );
  if (!row) throw new Error("Inserting a pool returned no outcome");
  return row.outcome;
}

/** Whether the scope has this pool. The built-in ones have no rows. */
export async function poolExists(database: ScopedQueryable, name: string): Promise<boolean> {
  const found = await database.query("SELECT 1 FROM dedicated_ip_pools WHERE scope = $1 AND name = $2", [
    database.scope,
    name,
  ]);
  return found.length === 1;
}

/** Names of pools after `after` in byte order. `withDefault`: a name that is listed if the scope has addresses. */
export async function selectPoolNames(
  database: ScopedQueryable,
  { after, limit, withDefault }: { after: string; limit: number; withDefault: string },
): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM (
       SELECT name FROM dedicated_ip_pools WHERE scope = $1
       UNION ALL
       SELECT $4::text COLLATE "C" WHERE EXISTS (SELECT FROM dedicated_ips WHERE scope = $1)
     ) AS pools
     WHERE name > $2::text ORDER BY name LIMIT $3::integer`,
    [database.scope, after, limit, withDefault],
  );
  return rows.map(({ name }) => name);
}

/** Deletes a pool unless addresses or configuration sets are in it; returns what is, a few configuration sets at most. */
export async function deletePool(
  database: ScopedDatabase,
  name: string,
): Promise<"deleted" | "missing" | { addresses: boolean; configurationSets: readonly string[] }> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    // An address that is being moved into the pool holds its row.
    const found = await transaction.query(
      "SELECT 1 FROM dedicated_ip_pools WHERE scope = $1 AND name = $2 FOR UPDATE",
      [scope, name],
    );
    if (found.length === 0) return "missing";
    const addresses = await transaction.query("SELECT 1 FROM dedicated_ips WHERE scope = $1 AND pool = $2 LIMIT 1", [
      scope,
      name,
    ]);
    const sets = await transaction.query<{ name: string }>(
      `SELECT name FROM configuration_sets
       WHERE scope = $1 AND delivery_options ->> 'SendingPoolName' = $2 ORDER BY name LIMIT 3`,
      [scope, name],
    );
    if (addresses.length + sets.length > 0) {
      return { addresses: addresses.length > 0, configurationSets: sets.map((set) => set.name) };
    }
    await transaction.query("DELETE FROM dedicated_ip_pools WHERE scope = $1 AND name = $2", [scope, name]);
    return "deleted";
  });
}

/** A configuration set that sends with a pool. */
export interface SetWithPool {
  readonly scope: number;
  readonly name: string;
  readonly pool: string;
}

/** The configuration sets that name a pool, in the scopes that have addresses. */
export async function selectSetsWithPools(database: Queryable): Promise<SetWithPool[]> {
  return database.query(
    `SELECT scope, name, delivery_options ->> 'SendingPoolName' AS pool FROM configuration_sets
     WHERE scope IN (SELECT scope FROM dedicated_ips) AND delivery_options ->> 'SendingPoolName' IS NOT NULL`,
  );
}
