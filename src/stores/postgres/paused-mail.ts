/**
 * Rows of the send_queue table that wait because sending is paused for their configuration set. They leave the state `due`
 * so that the cost of a claim does not depend on their number.
 */
import type { Queryable } from "./database.ts";

/** How many rows a claim that meets paused ones looks at in their domains, so that mail behind them is soon reached. */
const pausedAtOnce = 2_000;

/** Sets aside those of the oldest due rows of the domains whose configuration set is paused; returns their number. */
export async function pauseQueued(database: Queryable, domains: readonly string[]): Promise<number> {
  const rows = await database.query(
    `UPDATE send_queue SET state = 'paused'
     WHERE id IN (
       SELECT mail.id FROM unnest($1::text[]) AS chosen (domain) CROSS JOIN LATERAL (
         SELECT id, configuration_set FROM send_queue
         WHERE state = 'due' AND domain = chosen.domain ORDER BY id LIMIT $2::integer FOR UPDATE SKIP LOCKED
       ) AS mail
       WHERE EXISTS (
         SELECT FROM configuration_sets AS sets WHERE sets.name = mail.configuration_set AND NOT sets.sending_enabled))
     RETURNING 1`,
    [domains, Math.ceil(pausedAtOnce / domains.length)],
  );
  return rows.length;
}

/**
 * Makes up to `limit` paused rows due whose configuration set sends again or no longer exists; returns their number.
 * Finds each set with one index probe, regardless of its number of rows.
 */
export async function resumeQueued(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `WITH RECURSIVE sets (name) AS (
       SELECT (SELECT configuration_set FROM send_queue WHERE state = 'paused' ORDER BY configuration_set LIMIT 1)
       UNION ALL
       SELECT (SELECT configuration_set FROM send_queue
         WHERE state = 'paused' AND configuration_set > sets.name ORDER BY configuration_set LIMIT 1)
       FROM sets WHERE sets.name IS NOT NULL
     ),
     resumed AS MATERIALIZED (
       SELECT name FROM sets WHERE name IS NOT NULL AND NOT EXISTS (
         SELECT FROM configuration_sets AS known WHERE known.name = sets.name AND NOT known.sending_enabled)
     )
     UPDATE send_queue SET state = 'due' WHERE id IN (
       SELECT mail.id FROM resumed CROSS JOIN LATERAL (
         SELECT id FROM send_queue WHERE state = 'paused' AND configuration_set = resumed.name
         ORDER BY id LIMIT $1::integer FOR UPDATE SKIP LOCKED
       ) AS mail LIMIT $1::integer)
     RETURNING 1`,
    [limit],
  );
  return rows.length;
}
