/** The email_templates table: its migration describes the columns. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { ScopedQueryable } from "./database.ts";
import { storedTags } from "./stored-options.ts";

/** The parts of a template; null if absent. */
export interface TemplateParts {
  subject: string | null;
  text: string | null;
  html: string | null;
}

export interface EmailTemplate extends TemplateParts {
  name: string;
  createdAt: Date;
  tags: Tag[];
}

/** A template as returned in a list. */
export interface TemplateListing {
  name: string;
  createdAt: Date;
  /** Its position in the order of creation. */
  position: number;
}

/**
 * Adds a template unless its name is taken or there are `limit` already. Of concurrent calls with the same name, one
 * creates it. Concurrent calls with different names may exceed the limit by a few.
 */
export async function insertTemplate(
  database: ScopedQueryable,
  template: EmailTemplate,
  limit: number,
): Promise<InsertOutcome> {
  const { name, createdAt, subject, text, html, tags } = template;
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // The last branch covers a row that a concurrent transaction adds: see insertConfigurationSet.
    `WITH room AS (SELECT count(*) < $7::bigint AS free FROM email_templates WHERE scope = $8::integer),
     created AS (
       INSERT INTO email_templates (scope, name, created_at, subject, text_part, html_part, tags)
       SELECT $8::integer, $1::text, $2::timestamptz, $3::text, $4::text, $5::text, $6::text::jsonb FROM room WHERE free
       ON CONFLICT (scope, name) DO NOTHING RETURNING name
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM email_templates WHERE scope = $8::integer AND name = $1::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [name, createdAt, subject, text, html, JSON.stringify(tags), limit, database.scope],
  );
  if (!row) throw new Error("Inserting a template returned no outcome");
  return row.outcome;
}

/** The template with this name; undefined if there is none. */
export async function selectTemplate(database: ScopedQueryable, name: string): Promise<EmailTemplate | undefined> {
  const [row] = await database.query<Omit<EmailTemplate, "tags"> & { tags: unknown }>(
    `SELECT name, created_at AS "createdAt", subject, text_part AS text, html_part AS html, tags
     FROM email_templates WHERE scope = $1 AND name = $2`,
    [database.scope, name],
  );
  return row && { ...row, tags: parseData(storedTags, row.tags, `the tags of the template ${name}`) };
}

/** Templates with a position below `before` (undefined for the first page), newest first. */
export async function selectTemplates(
  database: ScopedQueryable,
  page: { before: number | undefined; limit: number },
): Promise<TemplateListing[]> {
  return database.query<TemplateListing>(
    `SELECT name, created_at AS "createdAt", position FROM email_templates
     WHERE scope = $3::integer AND ($1::bigint IS NULL OR position < $1::bigint)
     ORDER BY position DESC LIMIT $2::integer`,
    [page.before ?? null, page.limit, database.scope],
  );
}

/** Replaces all parts of a template; false if it doesn't exist. */
export async function updateTemplate(database: ScopedQueryable, name: string, parts: TemplateParts): Promise<boolean> {
  const rows = await database.query(
    `UPDATE email_templates SET subject = $3, text_part = $4, html_part = $5
     WHERE scope = $1 AND name = $2 RETURNING 1`,
    [database.scope, name, parts.subject, parts.text, parts.html],
  );
  return rows.length === 1;
}

/** Deletes a template; false if it doesn't exist. */
export async function deleteTemplate(database: ScopedQueryable, name: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM email_templates WHERE scope = $1 AND name = $2 RETURNING 1", [
    database.scope,
    name,
  ]);
  return rows.length === 1;
}

/** The first templates by name, with their content. */
export async function selectTemplateContents(
  database: ScopedQueryable,
  limit: number,
): Promise<(TemplateParts & Pick<EmailTemplate, "name" | "createdAt">)[]> {
  return database.query(
    `SELECT name, created_at AS "createdAt", subject, text_part AS text, html_part AS html
     FROM email_templates WHERE scope = $1 ORDER BY name LIMIT $2::integer`,
    [database.scope, limit],
  );
}

/** Deletes all templates of the scope. */
export async function deleteAllTemplates(database: ScopedQueryable): Promise<void> {
  await database.query("DELETE FROM email_templates WHERE scope = $1", [database.scope]);
}
