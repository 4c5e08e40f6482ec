/** The mail_from_domains table: an identity's custom MAIL FROM domain and the state of the checks of its MX record. */
import type { Queryable, ScopedQueryable } from "./database.ts";
import {
  type DnsProof,
  type NewProof,
  newProofValues,
  proofAssignments,
  proofColumns,
  proofCondition,
} from "./dns-proof.ts";

/** An identity's custom MAIL FROM domain. */
export interface MailFromDomain extends DnsProof {
  domain: string;
  /** How to handle mail while the MX record is missing. */
  behavior: "USE_DEFAULT_VALUE" | "REJECT_MESSAGE";
}

/** The columns of MailFromDomain, each name prefixed with `prefix`. */
export function mailFromColumns(table: string, prefix: string): string {
  return `${table}.domain AS "${prefix}domain", ${table}.behavior AS "${prefix}behavior", ${proofColumns(table, prefix)}`;
}

/** Sets the domain; its record is due for a check at `now`. If the domain is unchanged, its SUCCESS status stays. */
export async function putMailFromDomain(
  database: ScopedQueryable,
  identity: string,
  { domain, behavior }: Pick<MailFromDomain, "domain" | "behavior">,
  now: Date,
): Promise<void> {
  await database.query(
    `INSERT INTO mail_from_domains AS kept (scope, identity, domain, behavior, next_check_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (scope, identity) DO UPDATE SET domain = excluded.domain, behavior = excluded.behavior,
       next_check_at = excluded.next_check_at,
       status = CASE WHEN kept.domain = excluded.domain AND kept.status = 'SUCCESS' THEN kept.status ELSE 'PENDING' END,
       since = CASE WHEN kept.domain = excluded.domain AND kept.status = 'SUCCESS' THEN kept.since END,
       error = NULL`,
    [database.scope, identity, domain, behavior, now],
  );
}

export async function deleteMailFromDomain(database: ScopedQueryable, identity: string): Promise<void> {
  await database.query("DELETE FROM mail_from_domains WHERE scope = $1 AND identity = $2", [database.scope, identity]);
}

/** Whether any identity of any scope has this MAIL FROM domain. */
export async function isMailFromDomain(database: Queryable, domain: string): Promise<boolean> {
  const rows = await database.query("SELECT 1 FROM mail_from_domains WHERE domain = $1 LIMIT 1", [domain]);
  return rows.length > 0;
}

/** A domain whose MX record is due for a check. */
export interface DueMailFromDomain extends MailFromDomain {
  identity: string;
}

/** The domains of all scopes that are due, the most overdue first. */
export async function selectDueMailFromDomains(
  database: Queryable,
  now: Date,
  limit: number,
): Promise<(DueMailFromDomain & { scope: number })[]> {
  return database.query(
    `SELECT scope, identity, ${mailFromColumns("mail_from_domains", "")} FROM mail_from_domains
     WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2`,
    [now, limit],
  );
}

/** Stores the result of a check, unless the domain was replaced in the meantime. */
export async function updateMailFromProof(
  database: ScopedQueryable,
  identity: string,
  domain: string,
  checked: NewProof,
): Promise<void> {
  await database.query(
    `UPDATE mail_from_domains SET ${proofAssignments(4)}
     WHERE scope = $1 AND identity = $2 AND domain = $3 AND ${proofCondition(10)}`,
    [database.scope, identity, domain, ...newProofValues(checked)],
  );
}
