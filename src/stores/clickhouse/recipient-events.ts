/** Finds and deletes a recipient's events in the event database, in all accounts and regions. */
import { setTimeout as delay } from "node:timers/promises";
import { array, number, object, string } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { EventClient, EventDatabase } from "./event-database.ts";
import { markDeletion } from "./metric-changes.ts";

type Events = Pick<EventDatabase, "client" | "isUnused">;

/** Where the mail of a message is stored that was sent to a single address. */
export interface SoleMail {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/** How many events a recipient has, and of how many messages. */
export interface RecipientCounts {
  readonly events: number;
  readonly messages: number;
}

/** Addresses are compared case-insensitively. */
const isRecipient = "lowerUTF8(recipient) = lowerUTF8({address:String})";
const pollMs = 200;

const counted = object({ events: number(), messages: number() });
const located = object({ object_key: string(), object_offset: number(), object_length: number() });
const mutations = object({ unfinished: number(), failure: string() });

/** Counts a recipient's events and messages. Slow: scans a column of the whole table. */
export async function countEventsOfRecipient(events: Events, address: string): Promise<RecipientCounts> {
  if (events.isUnused()) return { events: 0, messages: 0 };
  const sql = `SELECT uniqExact(id) AS events, uniqExact(message_id) AS messages FROM events WHERE ${isRecipient}`;
  const [row] = parseData(array(counted), await rowsOf(events.client, sql, { address }), "a recipient's events");
  return row ?? { events: 0, messages: 0 };
}

/** The stored mail that was sent to nobody else. */
export async function selectSoleMail(events: Events, address: string): Promise<SoleMail[]> {
  if (events.isUnused()) return [];
  const sql = `SELECT DISTINCT object_key, object_offset, object_length FROM events
    WHERE ${isRecipient} AND type = 'SEND' AND object_key != ''
      AND arrayAll(one -> lowerUTF8(one) = lowerUTF8({address:String}), destination)
    ORDER BY object_key, object_offset`;
  const found = parseData(
    array(located),
    await rowsOf(events.client, sql, { address }),
    "the places of a recipient's mail",
  );
  return found.map((row) => ({ key: row.object_key, offset: row.object_offset, length: row.object_length }));
}

/**
 * Deletes a recipient's events and states. Resolves once they are no longer in any file of the database. (A lightweight
 * DELETE would only mark the rows, and leave them on disk until the next merge.)
 */
export async function deleteEventsOfRecipient(events: Events, address: string, signal?: AbortSignal): Promise<void> {
  if (events.isUnused()) return;
  for (const table of ["recipient_outcomes", "message_states", "events"]) {
    if (table === "events") await markDeletion(events, isRecipient, { address });
    await events.client.command({
      query: `ALTER TABLE ${table} DELETE WHERE ${isRecipient}`,
      query_params: { address },
      // Does not wait for the mutation, which may exceed the client's timeout.
      clickhouse_settings: { mutations_sync: "0" },
    });
    await mutationsDone(events.client, table, signal);
  }
}

async function mutationsDone(client: EventClient, table: string, signal: AbortSignal | undefined): Promise<void> {
  const sql = `SELECT count() AS unfinished, anyLast(latest_fail_reason) AS failure FROM system.mutations
    WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done AND NOT is_killed`;
  for (;;) {
    const [row] = parseData(array(mutations), await rowsOf(client, sql, { table }), "the state of a deletion");
    if (!row || row.unfinished === 0) return;
    if (row.failure !== "") throw new Error(`the event database could not delete: ${row.failure}`);
    await delay(pollMs, undefined, signal && { signal });
  }
}

async function rowsOf(client: EventClient, query: string, parameters: Record<string, string>): Promise<unknown> {
  const answer = await client.query({
    query,
    query_params: parameters,
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    format: "JSONEachRow",
  });
  return answer.json();
}
