/** The contact_lists table: its migration describes the columns. */
import type { SubscriptionStatus, Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";
import { storedTags, storedTopics } from "./stored-options.ts";

/** A topic of a list, as in the API. */
export interface ListTopic {
  TopicName: string;
  DisplayName: string;
  Description?: string | undefined;
  DefaultSubscriptionStatus: SubscriptionStatus;
}

/** The part of a list that a caller can change. */
export interface ContactListContent {
  description: string | null;
  topics: ListTopic[];
}

export interface ContactListRow extends ContactListContent {
  name: string;
  tags: Tag[];
  createdAt: Date;
  updatedAt: Date;
}

/** Adds a list unless there are `limit` already or its name is taken; checks in this order, as SES does. */
export async function insertContactList(
  database: ScopedDatabase,
  list: Omit<ContactListRow, "updatedAt">,
  limit: number,
): Promise<InsertOutcome> {
  const { name, description, topics, tags, createdAt } = list;
  return database.transaction(async (transaction) => {
    // Blocks other changes of lists, so that concurrent calls can't exceed the limit. Contacts can still be changed.
    await transaction.query("LOCK TABLE contact_lists IN SHARE ROW EXCLUSIVE MODE");
    const [count] = await transaction.query<{ full: boolean }>(
      "SELECT count(*) >= $1::bigint AS full FROM contact_lists WHERE scope = $2",
      [limit, database.scope],
    );
    if (count?.full) return "full";
    const rows = await transaction.query(
      `INSERT INTO contact_lists (scope, name, description, topics, tags, created_at, updated_at)
       VALUES ($6, $1, $2, $3::jsonb, $4::jsonb, $5, $5)
       ON CONFLICT (scope, name) DO NOTHING RETURNING 1`,
      [name, description, JSON.stringify(topics), JSON.stringify(tags), createdAt, database.scope],
    );
    return rows.length === 1 ? "created" : "exists";
  });
}

/** The list with this name; undefined if there is none. */
export async function selectContactList(database: ScopedQueryable, name: string): Promise<ContactListRow | undefined> {
  const [row] = await database.query<Omit<ContactListRow, "topics" | "tags"> & { topics: unknown; tags: unknown }>(
    `SELECT name, description, topics, tags, created_at AS "createdAt", updated_at AS "updatedAt"
     FROM contact_lists WHERE scope = $1 AND name = $2`,
    [database.scope, name],
  );
  if (!row) return undefined;
  return {
    ...row,
    topics: parseData(storedTopics, row.topics, `the topics of the contact list ${name}`),
    tags: parseData(storedTags, row.tags, `the tags of the contact list ${name}`),
  };
}

/** Lists ordered by name, starting after `after`; empty for the first page. */
export async function selectContactLists(
  database: ScopedQueryable,
  page: { after: string; limit: number },
): Promise<{ name: string; updatedAt: Date }[]> {
  return database.query(
    `SELECT name, updated_at AS "updatedAt" FROM contact_lists
     WHERE scope = $1 AND name > $2 ORDER BY name LIMIT $3::integer`,
    [database.scope, page.after, page.limit],
  );
}

/** Replaces a list's description and topics; false if the list doesn't exist. */
export async function updateContactList(
  database: ScopedQueryable,
  list: ContactListContent & { name: string; updatedAt: Date },
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE contact_lists SET description = $3, topics = $4::jsonb, updated_at = $5
     WHERE scope = $1 AND name = $2 RETURNING 1`,
    [database.scope, list.name, list.description, JSON.stringify(list.topics), list.updatedAt],
  );
  return rows.length === 1;
}

/** Deletes a list with all its contacts; false if it doesn't exist. */
export async function deleteContactList(database: ScopedQueryable, name: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM contact_lists WHERE scope = $1 AND name = $2 RETURNING 1", [
    database.scope,
    name,
  ]);
  return rows.length === 1;
}
