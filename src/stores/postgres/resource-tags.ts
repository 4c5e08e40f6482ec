/** The tags of resources: the column `tags` of their tables. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";
import { storedTags } from "./stored-options.ts";

/** The tables whose rows have tags, and the column that tells the rows of a scope apart. */
const keyColumns = {
  configuration_sets: "name",
  contact_lists: "name",
  deliverability_tests: "id",
  custom_verification_templates: "name",
  dedicated_ip_pools: "name",
  email_identities: "name",
  email_templates: "name",
  tenants: "id",
} as const;

/** A row that has tags. */
export interface TaggedRow {
  readonly table: keyof typeof keyColumns;
  readonly key: string;
}

/** The tags of a resource; undefined if it doesn't exist. */
export async function selectTags(database: ScopedQueryable, row: TaggedRow): Promise<Tag[] | undefined> {
  return select(database, row, "");
}

/**
 * Replaces the tags of a resource with what `change` makes of them; false if the resource doesn't exist. Concurrent
 * changes wait for each other, so each sees the tags that the others left. Nothing changes if `change` throws.
 */
export async function changeTags(
  database: ScopedDatabase,
  row: TaggedRow,
  change: (tags: Tag[]) => Tag[],
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const tags = await select(transaction, row, "FOR UPDATE");
    if (!tags) return false;
    await transaction.query(
      `UPDATE ${row.table} SET tags = $3::text::jsonb WHERE scope = $1 AND ${keyColumns[row.table]} = $2`,
      [transaction.scope, row.key, JSON.stringify(change(tags))],
    );
    return true;
  });
}

async function select(
  database: ScopedQueryable,
  { table, key }: TaggedRow,
  lock: "" | "FOR UPDATE",
): Promise<Tag[] | undefined> {
  const [row] = await database.query<{ tags: unknown }>(
    `SELECT tags FROM ${table} WHERE scope = $1 AND ${keyColumns[table]} = $2 ${lock}`,
    [database.scope, key],
  );
  return row && parseData(storedTags, row.tags, `the tags of ${key} in the table ${table}`);
}
