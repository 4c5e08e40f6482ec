/** The mail_from_domains table: an identity's own MAIL FROM domain, and what is known of its MX record. */
import type { Queryable } from "./database.ts";
import { type DnsProof, proofAssignments, proofColumns, proofValues } from "./dns-proof.ts";

/** An identity's own MAIL FROM domain. */
export interface MailFromDomain extends DnsProof {
  domain: string;
  /** What to do with mail while its MX record is not there. */
  behavior: "USE_DEFAULT_VALUE" | "REJECT_MESSAGE";
}

/** The columns of MailFromDomain, each with `prefix` before its name. */
export function mailFromColumns(table: string, prefix: string): string {
  return `${table}.domain AS "${prefix}domain", ${table}.behavior AS "${prefix}behavior", ${proofColumns(table, prefix)}`;
}

/** Sets it, to be looked for from `now` on. A domain that stays and was found stays found. */
export async function putMailFromDomain(
  database: Queryable,
  identity: string,
  { domain, behavior }: Pick<MailFromDomain, "domain" | "behavior">,
  now: Date,
): Promise<void> {
  await database.query(
    `INSERT INTO mail_from_domains AS kept (identity, domain, behavior, next_check_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (identity) DO UPDATE SET domain = excluded.domain, behavior = excluded.behavior,
       next_check_at = excluded.next_check_at,
       status = CASE WHEN kept.domain = excluded.domain AND kept.status = 'SUCCESS' THEN kept.status ELSE 'PENDING' END,
       since = CASE WHEN kept.domain = excluded.domain AND kept.status = 'SUCCESS' THEN kept.since END,
       error = NULL`,
    [identity, domain, behavior, now],
  );
}

/** Removes it. */
export async function deleteMailFromDomain(database: Queryable, identity: string): Promise<void> {
  await database.query("DELETE FROM mail_from_domains WHERE identity = $1", [identity]);
}

/** Whether any identity has this MAIL FROM domain. */
export async function isMailFromDomain(database: Queryable, domain: string): Promise<boolean> {
  const rows = await database.query("SELECT 1 FROM mail_from_domains WHERE domain = $1 LIMIT 1", [domain]);
  return rows.length > 0;
}

/** One whose record is to be looked for. */
export interface DueMailFromDomain extends MailFromDomain {
  identity: string;
}

/** Those that are due, the longest-waiting first. */
export async function selectDueMailFromDomains(
  database: Queryable,
  now: Date,
  limit: number,
): Promise<DueMailFromDomain[]> {
  return database.query<DueMailFromDomain>(
    `SELECT identity, ${mailFromColumns("mail_from_domains", "")} FROM mail_from_domains
     WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2`,
    [now, limit],
  );
}

/** Writes what was found, unless the domain was replaced meanwhile. */
export async function updateMailFromProof(
  database: Queryable,
  identity: string,
  domain: string,
  proof: DnsProof,
): Promise<void> {
  await database.query(`UPDATE mail_from_domains SET ${proofAssignments(3)} WHERE identity = $1 AND domain = $2`, [
    identity,
    domain,
    ...proofValues(proof),
  ]);
}
