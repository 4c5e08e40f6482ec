/** The domain_tokens table: the TXT record that verifies a domain, and the state of its checks. */
import type { Queryable, ScopedQueryable } from "./database.ts";
import {
  type DnsProof,
  type NewProof,
  newProofValues,
  proofAssignments,
  proofColumns,
  proofCondition,
} from "./dns-proof.ts";

export interface DomainToken extends DnsProof {
  /** The value of the record. */
  token: string;
}

/** The columns of DomainToken, each name prefixed with `prefix`. */
export function domainTokenColumns(table: string, prefix: string): string {
  return `${table}.token AS "${prefix}token", ${proofColumns(table, prefix)}`;
}

/**
 * Makes a domain's record due for a check at `now`; a failed one becomes pending again. A domain without a token gets
 * `token`.
 * @returns the domain's token; undefined if there is no such identity
 */
export async function askForDomainToken(
  database: ScopedQueryable,
  identity: string,
  token: string,
  now: Date,
): Promise<string | undefined> {
  const [row] = await database.query<{ token: string }>(
    `INSERT INTO domain_tokens AS kept (scope, identity, token, next_check_at)
     SELECT scope, name, $3::text, $4::timestamptz FROM email_identities
     WHERE scope = $1 AND name = $2 AND type = 'DOMAIN' FOR KEY SHARE
     ON CONFLICT (scope, identity) DO UPDATE SET next_check_at = excluded.next_check_at,
       status = CASE kept.status WHEN 'FAILED' THEN 'PENDING' ELSE kept.status END,
       since = CASE kept.status WHEN 'FAILED' THEN NULL ELSE kept.since END,
       error = CASE kept.status WHEN 'FAILED' THEN NULL ELSE kept.error END
     RETURNING token`,
    [database.scope, identity, token, now],
  );
  return row?.token;
}

/** A record that is due for a check. */
export interface DueDomainToken extends DomainToken {
  identity: string;
}

/** The records of all scopes that are due, the most overdue first. */
export async function selectDueDomainTokens(
  database: Queryable,
  now: Date,
  limit: number,
): Promise<(DueDomainToken & { scope: number })[]> {
  return database.query(
    `SELECT scope, identity, ${domainTokenColumns("domain_tokens", "")} FROM domain_tokens
     WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2`,
    [now, limit],
  );
}

/** Stores the result of a check, unless the identity was created anew in the meantime. */
export async function updateDomainTokenProof(
  database: ScopedQueryable,
  identity: string,
  token: string,
  checked: NewProof,
): Promise<void> {
  await database.query(
    `UPDATE domain_tokens SET ${proofAssignments(4)}
     WHERE scope = $1 AND identity = $2 AND token = $3 AND ${proofCondition(10)}`,
    [database.scope, identity, token, ...newProofValues(checked)],
  );
}
