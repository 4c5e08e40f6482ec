/** What the event database has of scopes. */
import { number, object } from "valibot";
import type { EventDatabase } from "./event-database.ts";
import { selectRows } from "./select-rows.ts";

/** The number of messages with events in any of the scopes. Reads columns of the whole table. */
export async function countMessagesOfScopes(
  { client }: Pick<EventDatabase, "client">,
  scopes: readonly number[],
): Promise<number> {
  const sql = "SELECT uniqExact(message_id) AS messages FROM events WHERE scope IN {scopes:Array(UInt32)}";
  const what = "the number of an account's messages";
  const [row] = await selectRows(client, object({ messages: number() }), { sql, parameters: { scopes }, what });
  return row?.messages ?? 0;
}
