/** Retiring scopes: an account in a region gets a new, empty scope in place of the one that it had. */
import { endArchivesOfScopes } from "./archives.ts";
import type { Database, Queryable } from "./database.ts";
import { type Scope, tablesOfNotes } from "./scopes.ts";

/** A retired scope, and the one that took its place. */
export interface ReplacedScope {
  readonly retired: number;
  readonly scope: Scope;
}

/** What would go on for a retired scope: deliveries, calls to targets, jobs. */
const active = ["send_queue", "publications", "publication_batches", "export_jobs", "import_jobs"] as const;

/** The other tables with a scope; what refers to their rows is deleted with them. */
const passive = [
  "outbox",
  "webhooks",
  "configuration_sets",
  "archived_mail",
  "archives",
  "email_identities",
  "smime_certificates",
  "tenants",
  "email_templates",
  "custom_verification_templates",
  "contact_lists",
  "suppressed_destinations",
  "deliverability_tests",
  "dedicated_ips",
  "dedicated_ip_pools",
  ...tablesOfNotes,
] as const;

/** The tables whose rows belong to a scope, besides its settings (which stay) and those whose rows go with another's. */
export const tablesOfScopes: readonly string[] = [...active, ...passive];

/** How many rows are deleted in a statement, so that none of them holds up others for long. */
const rowsPerDeletion = 10_000;

/**
 * Replaces scopes that are in use, or all of them if `scopes` is undefined. Deletes their queued mail, events to publish
 * and jobs, in one transaction with it. Creations of resources in progress end in the retired scope. Dedicated addresses,
 * which only the operator registers, move into the default pool of the new scope.
 */
export async function retireScopes(
  database: Database,
  scopes: readonly number[] | undefined,
  now: Date,
): Promise<{ replaced: ReplacedScope[]; jobs: readonly string[] }> {
  return database.transaction(async (transaction) => {
    const retired = await transaction.query<Scope>(
      `UPDATE scopes SET retired_at = $1
       WHERE retired_at IS NULL AND ($2::integer[] IS NULL OR id = ANY($2::integer[]))
       RETURNING id, account AS "accountId", region`,
      [now, scopes ?? null],
    );
    if (retired.length === 0) return { replaced: [], jobs: [] };
    const added = await transaction.query<Scope>(
      `WITH added AS (
         INSERT INTO scopes (account, region)
         SELECT account, region FROM scopes WHERE id = ANY($1::integer[]) ORDER BY id
         RETURNING id, account, region
       ), settings AS (INSERT INTO account (scope) SELECT id FROM added)
       SELECT id, account AS "accountId", region FROM added`,
      [retired.map(({ id }) => id)],
    );
    const jobs: string[] = [];
    for (const table of active) {
      const returning = table.endsWith("_jobs") ? "RETURNING id::text AS id" : "";
      const rows = await transaction.query<{ id: string }>(
        `DELETE FROM ${table} WHERE scope = ANY($1::integer[]) ${returning}`,
        [retired.map(({ id }) => id)],
      );
      jobs.push(...rows.map(({ id }) => id));
    }
    await transaction.query(
      `UPDATE dedicated_ips SET scope = added.id, pool = NULL
       FROM scopes AS retired JOIN scopes AS added USING (account, region)
       WHERE dedicated_ips.scope = retired.id AND retired.id = ANY($1::integer[]) AND added.retired_at IS NULL`,
      [retired.map(({ id }) => id)],
    );
    const names = ({ accountId, region }: Scope) => `${accountId} ${region}`;
    const byName = new Map(added.map((scope) => [names(scope), scope]));
    const replaced = retired.flatMap((scope) => {
      const replacement = byName.get(names(scope));
      return replacement ? [{ retired: scope.id, scope: replacement }] : [];
    });
    return { replaced, jobs };
  });
}

/** The retired scopes that may still have rows or events. */
export async function selectScopesToEmpty(database: Queryable): Promise<number[]> {
  const rows = await database.query<{ id: number }>(
    "SELECT id FROM scopes WHERE retired_at IS NOT NULL AND NOT emptied ORDER BY id",
  );
  return rows.map(({ id }) => id);
}

/** Deletes the rows of retired scopes, in as many statements as it takes. Stops between two when `signal` aborts. */
export async function emptyScopes(database: Queryable, scopes: readonly number[], signal: AbortSignal): Promise<void> {
  await endArchivesOfScopes(database, scopes);
  for (const table of tablesOfScopes) {
    let deleted = rowsPerDeletion;
    while (deleted === rowsPerDeletion && !signal.aborted) {
      const rows = await database.query(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM ${table} WHERE scope = ANY($1::integer[]) LIMIT ${rowsPerDeletion})) RETURNING 1 AS one`,
        [scopes],
      );
      deleted = rows.length;
    }
  }
}

/** Marks retired scopes as empty. */
export async function markEmptied(database: Queryable, scopes: readonly number[]): Promise<void> {
  await database.query("UPDATE scopes SET emptied = true WHERE id = ANY($1::integer[])", [scopes]);
}
