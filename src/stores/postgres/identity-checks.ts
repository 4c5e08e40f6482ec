/** The table identity_checks: when the DNS records of domains are checked for recommendations. */
import type { Queryable, ScopedQueryable } from "./database.ts";

/** A domain to check. */
export interface DueIdentity {
  readonly scope: number;
  readonly identity: string;
  /** Its settings at present, for `putIdentityCheck`. */
  readonly settings: string;
}

/**
 * The domains of all accounts with VDM to check: new ones first, then those whose settings have changed or whose time
 * has come. `verified` selects only verified domains.
 */
export async function selectDueIdentities(
  database: Queryable,
  { now, verified, limit }: { now: Date; verified: boolean; limit: number },
): Promise<DueIdentity[]> {
  return database.query(
    `SELECT scope, identity, settings FROM (
       SELECT i.scope, i.name AS identity, k.settings AS before, k.next_check_at,
         concat(i.dkim_signing_enabled, '|', c.selector, '|', c.public_key, '|', c.status, '|', c.error, '|', m.domain,
           '|', m.status) AS settings
       FROM email_identities AS i
       JOIN scopes AS s ON s.id = i.scope AND s.retired_at IS NULL
       JOIN account AS a ON a.scope = i.scope AND a.vdm_enabled
       LEFT JOIN dkim_keys AS c ON c.scope = i.scope AND c.identity = i.name AND c.role = 'current'
       LEFT JOIN domain_tokens AS t ON t.scope = i.scope AND t.identity = i.name
       LEFT JOIN mail_from_domains AS m ON m.scope = i.scope AND m.identity = i.name
       LEFT JOIN identity_checks AS k ON k.scope = i.scope AND k.identity = i.name
       WHERE i.type = 'DOMAIN'
         AND (NOT $2::boolean OR c.status IN ('SUCCESS', 'TEMPORARY_FAILURE')
           OR t.status IN ('SUCCESS', 'TEMPORARY_FAILURE'))
     ) AS domains
     WHERE next_check_at IS NULL OR next_check_at <= $1 OR before <> settings
     ORDER BY next_check_at NULLS FIRST, scope, identity LIMIT $3::integer`,
    [now, verified, limit],
  );
}

/** Locks a domain against deletion until the end of the transaction; false if it doesn't exist. */
export async function keepIdentity(transaction: ScopedQueryable, identity: string): Promise<boolean> {
  const rows = await transaction.query(
    "SELECT 1 AS one FROM email_identities WHERE scope = $1 AND name = $2 FOR KEY SHARE",
    [transaction.scope, identity],
  );
  return rows.length > 0;
}

/** Stores that a domain was checked with these settings, and when it is checked again. */
export async function putIdentityCheck(
  database: ScopedQueryable,
  { identity, settings }: Pick<DueIdentity, "identity" | "settings">,
  nextCheckAt: Date,
): Promise<void> {
  await database.query(
    `INSERT INTO identity_checks (scope, identity, settings, next_check_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (scope, identity) DO UPDATE SET settings = excluded.settings, next_check_at = excluded.next_check_at`,
    [database.scope, identity, settings, nextCheckAt],
  );
}
