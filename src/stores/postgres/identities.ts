/** The email_identities table: see its migration for what a row holds. */
import type { DkimSigningKeyLength, Tag } from "@aws-sdk/client-sesv2";
import type { InsertOutcome, NamePage } from "./configuration-sets.ts";
import type { Queryable } from "./database.ts";

/** An address or a domain that mail is sent from. */
export interface EmailIdentity {
  /** A domain in lower case and ASCII, or an address whose domain is. */
  name: string;
  type: "EMAIL_ADDRESS" | "DOMAIN";
  /** The set that mail from here gets by default; it may have been deleted since. */
  configurationSetName: string | null;
  /** The length that the next Easy DKIM key is to have. */
  nextSigningKeyLength: DkimSigningKeyLength | null;
  tags: Tag[];
}

const columns = `name, type, configuration_set_name AS "configurationSetName",
  next_signing_key_length AS "nextSigningKeyLength", tags`;

/**
 * Adds an identity unless its name is taken or there are `limit` already. Of concurrent calls with one name, one
 * creates. Concurrent calls with different names may overrun the limit by a few.
 */
export async function insertIdentity(
  database: Queryable,
  identity: EmailIdentity,
  limit: number,
): Promise<InsertOutcome> {
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // The last branch is for a row that another transaction adds meanwhile: see insertConfigurationSet.
    `WITH room AS (SELECT count(*) < $6::bigint AS free FROM email_identities),
     created AS (
       INSERT INTO email_identities (name, type, configuration_set_name, next_signing_key_length, tags)
       SELECT $1::text, $2::text, $3::text, $4::text, $5::text::jsonb FROM room WHERE free
       ON CONFLICT (name) DO NOTHING RETURNING name
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM email_identities WHERE name = $1::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [
      identity.name,
      identity.type,
      identity.configurationSetName,
      identity.nextSigningKeyLength,
      JSON.stringify(identity.tags),
      limit,
    ],
  );
  if (!row) throw new Error("The insert of an email identity told no outcome");
  return row.outcome;
}

/** The first of `names` that is an identity, by its length: an address before its domain, a domain before its parent. */
export async function selectIdentity(
  database: Queryable,
  names: readonly string[],
): Promise<EmailIdentity | undefined> {
  const [row] = await database.query<EmailIdentity>(
    `SELECT ${columns} FROM email_identities WHERE name = ANY($1::text[]) ORDER BY length(name) DESC LIMIT 1`,
    [names],
  );
  return row;
}

/** Identities in the order of their names' bytes; `type` undefined for both. */
export async function selectIdentities(
  database: Queryable,
  page: NamePage & { type: EmailIdentity["type"] | undefined },
): Promise<EmailIdentity[]> {
  return database.query<EmailIdentity>(
    `SELECT ${columns} FROM email_identities
     WHERE name > $1::text AND ($2::text = '' OR strpos(lower(name), $2::text) > 0)
       AND ($3::text IS NULL OR type = $3::text)
     ORDER BY name LIMIT $4::integer`,
    [page.after, page.contains, page.type ?? null, page.limit],
  );
}

/** Removes an identity; false where there is no such identity. */
export async function deleteIdentity(database: Queryable, name: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM email_identities WHERE name = $1 RETURNING 1", [name]);
  return rows.length === 1;
}
