/**
 * Rows of the send_queue table that wait because sending is paused for their account or their configuration set. They
 * leave the state `due` so that the cost of a claim does not depend on their number. All functions work on all scopes.
 */
import type { Queryable } from "./database.ts";

/** How many rows a claim that meets paused ones looks at in their domains, so that mail behind them is soon reached. */
const pausedAtOnce = 2_000;

/** The condition that sending is paused for a row, which has the columns `scope` and `configuration_set`. */
export function isPaused(row: string): string {
  return `(EXISTS (
    SELECT FROM configuration_sets AS own
    WHERE own.scope = ${row}.scope AND own.name = ${row}.configuration_set AND NOT own.sending_enabled
  ) OR EXISTS (SELECT FROM account WHERE account.scope = ${row}.scope AND NOT account.sending_enabled))`;
}

/** Sets aside those of the oldest due rows of the domains for which sending is paused; returns their number. */
export async function pauseQueued(database: Queryable, domains: readonly string[]): Promise<number> {
  const rows = await database.query(
    `UPDATE send_queue SET state = 'paused'
     WHERE id IN (
       SELECT mail.id FROM unnest($1::text[]) AS chosen (domain) CROSS JOIN LATERAL (
         SELECT id, scope, configuration_set FROM send_queue
         WHERE state = 'due' AND domain = chosen.domain ORDER BY id LIMIT $2::integer FOR UPDATE SKIP LOCKED
       ) AS mail
       WHERE ${isPaused("mail")})
     RETURNING 1`,
    [domains, Math.ceil(pausedAtOnce / domains.length)],
  );
  return rows.length;
}

/**
 * Makes up to `limit` paused rows due whose account and configuration set send again, or whose configuration set no
 * longer exists; returns their number. Finds each set with one index probe, regardless of its number of rows.
 */
export async function resumeQueued(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    // Mail without a configuration set has the name ''.
    `WITH RECURSIVE sets (scope, configuration_set) AS (
       (SELECT scope, coalesce(configuration_set, '') FROM send_queue WHERE state = 'paused'
         ORDER BY scope, coalesce(configuration_set, '') LIMIT 1)
       UNION ALL
       SELECT next.scope, next.name FROM sets CROSS JOIN LATERAL (
         SELECT scope, coalesce(configuration_set, '') AS name FROM send_queue
         WHERE state = 'paused' AND (scope, coalesce(configuration_set, '')) > (sets.scope, sets.configuration_set)
         ORDER BY scope, coalesce(configuration_set, '') LIMIT 1
       ) AS next
     ),
     resumed AS MATERIALIZED (SELECT scope, configuration_set FROM sets WHERE NOT ${isPaused("sets")})
     UPDATE send_queue SET state = 'due' WHERE id IN (
       SELECT mail.id FROM resumed CROSS JOIN LATERAL (
         SELECT id FROM send_queue WHERE state = 'paused' AND scope = resumed.scope
           AND coalesce(configuration_set, '') = resumed.configuration_set
         ORDER BY id LIMIT $1::integer FOR UPDATE SKIP LOCKED
       ) AS mail LIMIT $1::integer)
     RETURNING 1`,
    [limit],
  );
  return rows.length;
}
