/** The email_identities table, with DKIM keys, tokens and MAIL FROM domains: the migration describes the columns. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome, NamePage } from "./configuration-sets.ts";
import type { ScopedQueryable } from "./database.ts";
import { type DkimKeyPair, type DkimKeyRow, dkimKeyColumns, type WantedDkimKey } from "./dkim-keys.ts";
import type { ProofStatus } from "./dns-proof.ts";
import { type DomainToken, domainTokenColumns } from "./domain-tokens.ts";
import { type MailFromDomain, mailFromColumns } from "./mail-from-domains.ts";
import { storedTags } from "./stored-options.ts";

/** An address or a domain that mail is sent from. */
export interface EmailIdentity {
  /** A domain in lower case and ASCII, or an address with such a domain. */
  name: string;
  type: "EMAIL_ADDRESS" | "DOMAIN";
  /** The default configuration set of mail from this identity; it may have been deleted since. */
  configurationSetName: string | null;
  tags: Tag[];
  createdAt: Date;
  /** For a domain: whether mail is signed with its key. */
  dkimSigningEnabled: boolean;
  feedbackForwarding: boolean;
  /** For an address: when the verification mail was handed over, and when its link was followed. */
  proofRequestedAt: Date | null;
  provenAt: Date | null;
  /** The key that a domain signs with, and the one that replaces it once its record is found. */
  dkim: DkimKeyRow | undefined;
  nextDkim: DkimKeyRow | undefined;
  /** For a domain: the TXT record that verifies it too, if it was asked for. */
  domainToken: DomainToken | undefined;
  mailFrom: MailFromDomain | undefined;
}

/** An identity with its policies, as sending needs it. */
export interface IdentityWithPolicies extends EmailIdentity {
  /** The JSON texts of its policies, by the policies' names. */
  policies: readonly string[];
}

/** The input for a new identity. */
export type NewIdentity = Pick<EmailIdentity, "name" | "type" | "configurationSetName" | "tags" | "createdAt"> & {
  /** For an address: when a verification mail was sent with its creation; if absent, one is still to be sent. */
  proofRequestedAt?: Date;
  /** For a domain: its key, and the key pair if the caller provides it. */
  dkim: (WantedDkimKey & { pair: DkimKeyPair | undefined }) | undefined;
};

type IdentityRow = Omit<EmailIdentity, "tags" | "dkim" | "nextDkim" | "domainToken" | "mailFrom"> &
  Readonly<Record<string, unknown>>;

const columns = `i.name, i.type, i.configuration_set_name AS "configurationSetName", i.tags,
  i.created_at AS "createdAt", i.dkim_signing_enabled AS "dkimSigningEnabled",
  i.feedback_forwarding AS "feedbackForwarding", i.proof_requested_at AS "proofRequestedAt", i.proven_at AS "provenAt",
  ${dkimKeyColumns("c", "c_")}, ${dkimKeyColumns("n", "n_")}, ${domainTokenColumns("t", "t_")},
  ${mailFromColumns("m", "m_")}`;

const policyTexts = `ARRAY(
  SELECT p.text FROM identity_policies AS p WHERE p.scope = i.scope AND p.identity = i.name ORDER BY p.name
)`;

const tables = `email_identities AS i
  LEFT JOIN dkim_keys AS c ON c.scope = i.scope AND c.identity = i.name AND c.role = 'current'
  LEFT JOIN dkim_keys AS n ON n.scope = i.scope AND n.identity = i.name AND n.role = 'next'
  LEFT JOIN domain_tokens AS t ON t.scope = i.scope AND t.identity = i.name
  LEFT JOIN mail_from_domains AS m ON m.scope = i.scope AND m.identity = i.name`;

/**
 * Adds an identity with its key unless its name is taken or there are `limit` already. Of concurrent calls with the
 * same name, one creates it. Concurrent calls with different names may exceed the limit by a few.
 */
export async function insertIdentity(
  database: ScopedQueryable,
  { name, type, configurationSetName, tags, createdAt, proofRequestedAt, dkim }: NewIdentity,
  limit: number,
): Promise<InsertOutcome> {
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // The last branch covers a row that a concurrent transaction adds: see insertConfigurationSet.
    `WITH room AS (SELECT count(*) < $6::bigint AS free FROM email_identities WHERE scope = $13::integer),
     created AS (
       INSERT INTO email_identities (scope, name, type, configuration_set_name, tags, created_at, proof_requested_at)
       SELECT $13::integer, $1::text, $2::text, $3::text, $4::text::jsonb, $5::timestamptz, $14::timestamptz
       FROM room WHERE free
       ON CONFLICT (scope, name) DO NOTHING RETURNING name
     ),
     keyed AS (
       INSERT INTO dkim_keys (scope, identity, role, origin, selector, bits, private_key, public_key, generated_at,
         next_check_at)
       SELECT $13::integer, name, 'current', $7::text, $8::text, $9::integer, $10::bytea, $11::text, $12::timestamptz,
         $5::timestamptz
       FROM created WHERE $8::text IS NOT NULL
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM email_identities WHERE scope = $13::integer AND name = $1::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [
      name,
      type,
      configurationSetName,
      JSON.stringify(tags),
      createdAt,
      limit,
      dkim?.origin ?? null,
      dkim?.selector ?? null,
      dkim?.bits ?? null,
      dkim?.pair?.sealedPrivateKey ?? null,
      dkim?.pair?.publicKey ?? null,
      dkim?.pair?.generatedAt ?? null,
      database.scope,
      proofRequestedAt ?? null,
    ],
  );
  if (!row) throw new Error("Inserting an email identity returned no outcome");
  return row.outcome;
}

export async function selectIdentity(
  database: ScopedQueryable,
  name: string,
): Promise<IdentityWithPolicies | undefined> {
  return (await selectNearestIdentities(database, [name]))[0];
}

/** The identities among `names`, longest name first: an address before its domain, a domain before its parent. */
export async function selectNearestIdentities(
  database: ScopedQueryable,
  names: readonly string[],
): Promise<IdentityWithPolicies[]> {
  const rows = await database.query<IdentityRow & Pick<IdentityWithPolicies, "policies">>(
    `SELECT ${columns}, ${policyTexts} AS policies
     FROM ${tables} WHERE i.scope = $1 AND i.name = ANY($2::text[]) ORDER BY length(i.name) DESC`,
    [database.scope, names],
  );
  return rows.map((row) => ({ ...readIdentity(row), policies: row.policies }));
}

/** The range and filter of a page of identities. */
export interface IdentityPage extends NamePage {
  /** Undefined for both types. */
  type: EmailIdentity["type"] | undefined;
  /** The verification status to select; undefined for all. */
  status: ProofStatus | undefined;
  /** An address whose verification mail was sent before this time has failed. */
  expiredBefore: Date;
}

/** Identities ordered by name in byte order. */
export async function selectIdentities(database: ScopedQueryable, page: IdentityPage): Promise<EmailIdentity[]> {
  const rows = await database.query<IdentityRow>(
    // Computes the status as src/identities/status.ts does.
    `SELECT ${columns} FROM ${tables}
     WHERE i.scope = $7 AND i.name > $1::text AND ($2::text = '' OR strpos(lower(i.name), $2::text) > 0)
       AND ($3::text IS NULL OR i.type = $3::text)
       AND ($5::text IS NULL OR $5::text = CASE
         WHEN i.type = 'DOMAIN' AND 'SUCCESS' IN (c.status, t.status) THEN 'SUCCESS'
         WHEN i.type = 'DOMAIN' AND 'TEMPORARY_FAILURE' IN (c.status, t.status) THEN 'TEMPORARY_FAILURE'
         WHEN i.type = 'DOMAIN' AND 'PENDING' IN (c.status, t.status) THEN 'PENDING'
         WHEN i.type = 'DOMAIN' THEN coalesce(c.status, t.status)
         WHEN i.proven_at IS NOT NULL THEN 'SUCCESS'
         WHEN i.proof_requested_at <= $6::timestamptz THEN 'FAILED'
         ELSE 'PENDING' END)
     ORDER BY i.name LIMIT $4::integer`,
    [page.after, page.contains, page.type ?? null, page.limit, page.status ?? null, page.expiredBefore, database.scope],
  );
  return rows.map(readIdentity);
}

/** The fields of an identity that can be changed. */
export type IdentityChange = Partial<
  Pick<EmailIdentity, "configurationSetName" | "dkimSigningEnabled" | "feedbackForwarding">
>;

/** Changes the given fields; false if the identity doesn't exist. */
export async function updateIdentity(
  database: ScopedQueryable,
  name: string,
  change: IdentityChange,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE email_identities SET
       configuration_set_name = CASE WHEN $2::boolean THEN $3::text ELSE configuration_set_name END,
       dkim_signing_enabled = coalesce($4::boolean, dkim_signing_enabled),
       feedback_forwarding = coalesce($5::boolean, feedback_forwarding)
     WHERE scope = $6 AND name = $1 RETURNING 1`,
    [
      name,
      change.configurationSetName !== undefined,
      change.configurationSetName ?? null,
      change.dkimSigningEnabled ?? null,
      change.feedbackForwarding ?? null,
      database.scope,
    ],
  );
  return rows.length === 1;
}

/** Deletes an identity and everything that belongs to it; false if it doesn't exist. */
export async function deleteIdentity(database: ScopedQueryable, name: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM email_identities WHERE scope = $1 AND name = $2 RETURNING 1", [
    database.scope,
    name,
  ]);
  return rows.length === 1;
}

function readIdentity(row: IdentityRow): EmailIdentity {
  const { name, type, configurationSetName, tags, createdAt, dkimSigningEnabled, feedbackForwarding } = row;
  return {
    name,
    type,
    configurationSetName,
    tags: parseData(storedTags, tags, `the tags of the identity ${name}`),
    createdAt,
    dkimSigningEnabled,
    feedbackForwarding,
    proofRequestedAt: row.proofRequestedAt,
    provenAt: row.provenAt,
    dkim: joined<DkimKeyRow>(row, "c_", "selector"),
    nextDkim: joined<DkimKeyRow>(row, "n_", "selector"),
    domainToken: joined<DomainToken>(row, "t_", "token"),
    mailFrom: joined<MailFromDomain>(row, "m_", "domain"),
  };
}

/** The columns of one joined table; undefined if it had no row. `present` is never null in a row. */
function joined<Joined extends object>(
  row: Readonly<Record<string, unknown>>,
  prefix: string,
  present: keyof Joined & string,
): Joined | undefined {
  if (row[`${prefix}${present}`] === null) return undefined;
  // The statement selects exactly the columns of this type.
  const entries = Object.entries(row).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value])) as Joined;
}
