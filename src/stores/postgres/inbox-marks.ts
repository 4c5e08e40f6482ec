/** The table inbox_marks: its migration describes it. Callers have found the messages in scopes that they may see. */
import type { Queryable } from "./database.ts";

export interface InboxMark {
  readonly messageId: string;
  readonly read: boolean;
  /** Null: those that the mail names. */
  readonly tags: readonly string[] | null;
}

interface MarkedMessage {
  readonly id: string;
  readonly scope: number;
}

/** The marks of those of the messages that have any. */
export async function selectInboxMarks(database: Queryable, ids: readonly string[]): Promise<InboxMark[]> {
  if (ids.length === 0) return [];
  return database.query(
    `SELECT message_id AS "messageId", read, tags FROM inbox_marks WHERE message_id = ANY($1::text[])`,
    [ids],
  );
}

/** Marks messages as read or unread. */
export async function markInboxRead(
  database: Queryable,
  messages: readonly MarkedMessage[],
  read: boolean,
): Promise<void> {
  await database.query(
    `INSERT INTO inbox_marks (message_id, scope, read)
     SELECT id, scope, $3::boolean FROM unnest($1::text[], $2::integer[]) AS given (id, scope)
     ON CONFLICT (message_id) DO UPDATE SET read = excluded.read`,
    [messages.map(({ id }) => id), messages.map(({ scope }) => scope), read],
  );
}

/** Replaces the tags of messages. */
export async function replaceInboxTags(
  database: Queryable,
  messages: readonly (MarkedMessage & { readonly tags: readonly string[] })[],
): Promise<void> {
  await database.query(
    `INSERT INTO inbox_marks (message_id, scope, tags)
     SELECT id, scope, ARRAY(SELECT jsonb_array_elements_text(tags))
     FROM jsonb_to_recordset($1::jsonb) AS given (id text, scope integer, tags jsonb)
     ON CONFLICT (message_id) DO UPDATE SET tags = excluded.tags`,
    [JSON.stringify(messages.map(({ id, scope, tags }) => ({ id, scope, tags })))],
  );
}

/** Deletes the marks of messages, or all of a scope, or all. */
export async function deleteInboxMarks(
  database: Queryable,
  which: { ids: readonly string[] } | { scope: number | undefined },
): Promise<void> {
  if ("ids" in which) {
    await database.query("DELETE FROM inbox_marks WHERE message_id = ANY($1::text[])", [which.ids]);
  } else {
    await database.query("DELETE FROM inbox_marks WHERE $1::integer IS NULL OR scope = $1::integer", [
      which.scope ?? null,
    ]);
  }
}

/** Deletes the marks of messages whose IDs sort before this one. */
export async function deleteInboxMarksBefore(database: Queryable, firstKept: string): Promise<void> {
  await database.query("DELETE FROM inbox_marks WHERE message_id < $1", [firstKept]);
}
