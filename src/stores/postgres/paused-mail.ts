/**
 * Rows of the send_queue table that wait because sending is paused for their account, configuration set or tenant. They
 * leave the state `due` so that the cost of a claim does not depend on their number. All functions work on all scopes.
 */
import type { Queryable } from "./database.ts";

/** How many rows a claim that meets paused ones looks at in their domains, so that mail behind them is soon reached. */
const pausedAtOnce = 2_000;

/** The condition that sending is paused for a row, which has the columns `scope`, `configuration_set` and `tenant`. */
export function isPaused(row: string): string {
  return `(EXISTS (
    SELECT FROM configuration_sets AS own
    WHERE own.scope = ${row}.scope AND own.name = ${row}.configuration_set AND NOT own.sending_enabled
  ) OR EXISTS (
    SELECT FROM account WHERE account.scope = ${row}.scope AND NOT account.sending_enabled
  ) OR EXISTS (
    SELECT FROM tenants AS own
    WHERE own.scope = ${row}.scope AND own.name = ${row}.tenant AND own.sending_status = 'DISABLED'
  ))`;
}

/** What mail is paused by, as in the index. */
const sender = "scope, coalesce(configuration_set, ''), coalesce(tenant, '')";

/** Sets aside those of the oldest due rows of the domains for which sending is paused; returns their number. */
export async function pauseQueued(database: Queryable, domains: readonly string[]): Promise<number> {
  const rows = await database.query(
    `UPDATE send_queue SET state = 'paused'
     WHERE id IN (
       SELECT mail.id FROM unnest($1::text[]) AS chosen (domain) CROSS JOIN LATERAL (
         SELECT id, scope, configuration_set, tenant FROM send_queue
         WHERE state = 'due' AND domain = chosen.domain ORDER BY id LIMIT $2::integer FOR UPDATE SKIP LOCKED
       ) AS mail
       WHERE ${isPaused("mail")})
     RETURNING 1`,
    [domains, Math.ceil(pausedAtOnce / domains.length)],
  );
  return rows.length;
}

/**
 * Makes up to `limit` paused rows due whose account, configuration set and tenant send again or no longer exist; returns
 * their number. Finds each set and tenant with one index probe, regardless of its number of rows.
 */
export async function resumeQueued(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    // Mail without a configuration set or a tenant has the name ''.
    `WITH RECURSIVE senders (scope, configuration_set, tenant) AS (
       (SELECT ${sender} FROM send_queue WHERE state = 'paused' ORDER BY 1, 2, 3 LIMIT 1)
       UNION ALL
       SELECT next.scope, next.configuration_set, next.tenant FROM senders CROSS JOIN LATERAL (
         SELECT ${sender} FROM send_queue
         WHERE state = 'paused' AND (scope, coalesce(configuration_set, ''), coalesce(tenant, ''))
           > (senders.scope, senders.configuration_set, senders.tenant)
         ORDER BY 1, 2, 3 LIMIT 1
       ) AS next (scope, configuration_set, tenant)
     ),
     resumed AS MATERIALIZED (SELECT * FROM senders WHERE NOT ${isPaused("senders")})
     UPDATE send_queue SET state = 'due' WHERE id IN (
       SELECT mail.id FROM resumed CROSS JOIN LATERAL (
         SELECT id FROM send_queue WHERE state = 'paused' AND scope = resumed.scope
           AND coalesce(configuration_set, '') = resumed.configuration_set AND coalesce(tenant, '') = resumed.tenant
         ORDER BY id LIMIT $1::integer FOR UPDATE SKIP LOCKED
       ) AS mail LIMIT $1::integer)
     RETURNING 1`,
    [limit],
  );
  return rows.length;
}
