/** What the event database has of scopes. */
import { number, object } from "valibot";
import type { EventDatabase } from "./event-database.ts";
import { markDeletion } from "./metric-changes.ts";
import { selectRows } from "./select-rows.ts";

/** The number of messages with events in any of the scopes. Reads columns of the whole table. */
export async function countMessagesOfScopes(
  events: Pick<EventDatabase, "client" | "isUnused">,
  scopes: readonly number[],
): Promise<number> {
  if (events.isUnused()) return 0;
  const sql = "SELECT uniqExact(message_id) AS messages FROM events WHERE scope IN {scopes:Array(UInt32)}";
  const what = "the number of an account's messages";
  const [row] = await selectRows(events.client, object({ messages: number() }), { sql, parameters: { scopes }, what });
  return row?.messages ?? 0;
}

/** Deletes the events of scopes, and the states aggregated from them. */
export async function deleteEventsOfScopes(
  events: Pick<EventDatabase, "client" | "isUnused">,
  scopes: readonly number[],
): Promise<void> {
  if (events.isUnused()) return;
  const isOfScopes = "scope IN {scopes:Array(UInt32)}";
  for (const table of ["recipient_outcomes", "message_states", "events"]) {
    if (table === "events") await markDeletion(events, isOfScopes, { scopes });
    await events.client.command({ query: `DELETE FROM ${table} WHERE ${isOfScopes}`, query_params: { scopes } });
  }
}
