/** The custom_verification_templates table: its migration describes the columns. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { ScopedQueryable } from "./database.ts";
import { storedTags } from "./stored-options.ts";

/** What a template says, besides its name. */
export interface CustomVerificationParts {
  /** The sender, as it was given. */
  fromAddress: string;
  subject: string;
  /** HTML, as it was given. */
  content: string;
  successUrl: string;
  failureUrl: string;
}

export interface CustomVerificationTemplate extends CustomVerificationParts {
  name: string;
  tags: Tag[];
}

/** A template as returned in a list. */
export type CustomVerificationListing = Omit<CustomVerificationTemplate, "content" | "tags">;

const listed = `name, from_address AS "fromAddress", subject, success_url AS "successUrl", failure_url AS "failureUrl"`;

/**
 * Adds a template unless its name is taken or there are `limit` already. Of concurrent calls with the same name, one
 * creates it. Concurrent calls with different names may exceed the limit by a few.
 */
export async function insertCustomVerificationTemplate(
  database: ScopedQueryable,
  template: CustomVerificationTemplate,
  limit: number,
): Promise<InsertOutcome> {
  const { name, fromAddress, subject, content, successUrl, failureUrl, tags } = template;
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // The last branch covers a row that a concurrent transaction adds: see insertConfigurationSet.
    `WITH room AS (
       SELECT count(*) < $9::bigint AS free FROM custom_verification_templates WHERE scope = $1::integer
     ),
     created AS (
       INSERT INTO custom_verification_templates
         (scope, name, from_address, subject, content, success_url, failure_url, tags)
       SELECT $1::integer, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text::jsonb
       FROM room WHERE free
       ON CONFLICT (scope, name) DO NOTHING RETURNING name
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM custom_verification_templates WHERE scope = $1::integer AND name = $2::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [database.scope, name, fromAddress, subject, content, successUrl, failureUrl, JSON.stringify(tags), limit],
  );
  if (!row) throw new Error("Inserting a custom verification template returned no outcome");
  return row.outcome;
}

/** The template with this name; undefined if there is none. */
export async function selectCustomVerificationTemplate(
  database: ScopedQueryable,
  name: string,
): Promise<CustomVerificationTemplate | undefined> {
  const [row] = await database.query<Omit<CustomVerificationTemplate, "tags"> & { tags: unknown }>(
    `SELECT ${listed}, content, tags FROM custom_verification_templates WHERE scope = $1 AND name = $2`,
    [database.scope, name],
  );
  return row && { ...row, tags: parseData(storedTags, row.tags, `the tags of the template ${name}`) };
}

/** Templates with names after `after` in byte order; empty for the first page. */
export async function selectCustomVerificationTemplates(
  database: ScopedQueryable,
  page: { after: string; limit: number },
): Promise<CustomVerificationListing[]> {
  return database.query<CustomVerificationListing>(
    `SELECT ${listed} FROM custom_verification_templates
     WHERE scope = $1 AND name > $2::text ORDER BY name LIMIT $3::integer`,
    [database.scope, page.after, page.limit],
  );
}

/** Replaces the parts that are given; false if the template doesn't exist. Its tags stay. */
export async function updateCustomVerificationTemplate(
  database: ScopedQueryable,
  name: string,
  parts: Partial<CustomVerificationParts>,
): Promise<boolean> {
  const { fromAddress = null, subject = null, content = null, successUrl = null, failureUrl = null } = parts;
  const rows = await database.query(
    `UPDATE custom_verification_templates
     SET from_address = coalesce($3, from_address), subject = coalesce($4, subject), content = coalesce($5, content),
       success_url = coalesce($6, success_url), failure_url = coalesce($7, failure_url)
     WHERE scope = $1 AND name = $2 RETURNING 1`,
    [database.scope, name, fromAddress, subject, content, successUrl, failureUrl],
  );
  return rows.length === 1;
}

/** Deletes a template; false if it doesn't exist. */
export async function deleteCustomVerificationTemplate(database: ScopedQueryable, name: string): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM custom_verification_templates WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name],
  );
  return rows.length === 1;
}
