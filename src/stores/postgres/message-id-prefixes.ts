/** The table message_id_prefixes: its migration describes it. */
import type { Queryable } from "./database.ts";

export async function selectMessageIdPrefixes(database: Queryable): Promise<string[]> {
  const rows = await database.query<{ prefix: string }>("SELECT prefix FROM message_id_prefixes ORDER BY prefix");
  return rows.map(({ prefix }) => prefix);
}

export async function addMessageIdPrefixes(database: Queryable, prefixes: readonly string[]): Promise<void> {
  await database.query("INSERT INTO message_id_prefixes SELECT unnest($1::text[]) ON CONFLICT (prefix) DO NOTHING", [
    prefixes,
  ]);
}
