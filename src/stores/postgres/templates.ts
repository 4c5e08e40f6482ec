/** The email_templates table: see its migration for what a row holds. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { Queryable } from "./database.ts";
import { storedTags } from "./stored-options.ts";

/** The parts of a template; null where it has none. */
export interface TemplateParts {
  subject: string | null;
  text: string | null;
  html: string | null;
}

/** An email template. */
export interface EmailTemplate extends TemplateParts {
  name: string;
  createdAt: Date;
  tags: Tag[];
}

/** What a list shows of a template. */
export interface TemplateListing {
  name: string;
  createdAt: Date;
  /** Where it stands in the order of creation. */
  position: number;
}

/**
 * Adds a template unless its name is taken or there are `limit` already. Of concurrent calls with one name, one creates.
 * Concurrent calls with different names may overrun the limit by a few.
 */
export async function insertTemplate(
  database: Queryable,
  template: EmailTemplate,
  limit: number,
): Promise<InsertOutcome> {
  const { name, createdAt, subject, text, html, tags } = template;
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // The last branch is for a row that another transaction adds meanwhile: see insertConfigurationSet.
    `WITH room AS (SELECT count(*) < $7::bigint AS free FROM email_templates),
     created AS (
       INSERT INTO email_templates (name, created_at, subject, text_part, html_part, tags)
       SELECT $1::text, $2::timestamptz, $3::text, $4::text, $5::text, $6::text::jsonb FROM room WHERE free
       ON CONFLICT (name) DO NOTHING RETURNING name
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM email_templates WHERE name = $1::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [name, createdAt, subject, text, html, JSON.stringify(tags), limit],
  );
  if (!row) throw new Error("The insert of a template told no outcome");
  return row.outcome;
}

/** The template of that name; undefined where there is none. */
export async function selectTemplate(database: Queryable, name: string): Promise<EmailTemplate | undefined> {
  const [row] = await database.query<Omit<EmailTemplate, "tags"> & { tags: unknown }>(
    `SELECT name, created_at AS "createdAt", subject, text_part AS text, html_part AS html, tags
     FROM email_templates WHERE name = $1`,
    [name],
  );
  return row && { ...row, tags: parseData(storedTags, row.tags, `the tags of the template ${name}`) };
}

/** Templates, newest first: those before a position, or the newest where none is given. */
export async function selectTemplates(
  database: Queryable,
  page: { before: number | undefined; limit: number },
): Promise<TemplateListing[]> {
  return database.query<TemplateListing>(
    `SELECT name, created_at AS "createdAt", position FROM email_templates
     WHERE $1::bigint IS NULL OR position < $1::bigint
     ORDER BY position DESC LIMIT $2::integer`,
    [page.before ?? null, page.limit],
  );
}

/** Replaces all parts of a template; false where there is no such template. */
export async function updateTemplate(database: Queryable, name: string, parts: TemplateParts): Promise<boolean> {
  const rows = await database.query(
    "UPDATE email_templates SET subject = $2, text_part = $3, html_part = $4 WHERE name = $1 RETURNING 1",
    [name, parts.subject, parts.text, parts.html],
  );
  return rows.length === 1;
}

/** Removes a template; false where there is no such template. */
export async function deleteTemplate(database: Queryable, name: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM email_templates WHERE name = $1 RETURNING 1", [name]);
  return rows.length === 1;
}
