/** The events table: its migration describes the columns. */
import { array, boolean, type InferOutput, number, object, optional, picklist, string, union } from "valibot";
import { dictionary } from "../../common/parse-data.ts";
import type { EventDatabase } from "./event-database.ts";
import { markDeletion } from "./metric-changes.ts";
import { selectRows } from "./select-rows.ts";

const text = optional(string());
/** Text if the engine quotes 64-bit integers. */
const position = optional(union([number(), string()]));

/** A row of the events table. Unknown values are empty strings; times are in milliseconds. */
export const eventRow = object({
  id: string(),
  message_id: string(),
  /** The account and region: a row of PostgreSQL's table scopes. */
  scope: number(),
  recipient: string(),
  type: picklist([
    "SEND",
    "REJECT",
    "RENDERING_FAILURE",
    "DELIVERY_DELAY",
    "DELIVERY",
    "BOUNCE",
    "COMPLAINT",
    "OPEN",
    "CLICK",
    "SUBSCRIPTION",
  ]),
  at: number(),
  sent_at: number(),
  source: text,
  subject: text,
  isp: text,
  identity: text,
  configuration_set: text,
  tenant: text,
  tags: optional(dictionary(array(string()))),
  destination: optional(array(string())),
  object_key: text,
  object_offset: position,
  object_length: position,
  in_ses_scope: optional(boolean()),
  open_tracked: optional(boolean()),
  click_tracked: optional(boolean()),
  bounce_type: text,
  bounce_sub_type: text,
  complaint_sub_type: text,
  complaint_feedback_type: text,
  diagnostic: text,
  details: text,
  machine: text,
});

export type EventRow = InferOutput<typeof eventRow>;

/** The events of one message, unordered. A repeated event may be present twice until parts are merged. */
export async function selectMessageEvents(events: EventDatabase, messageId: string): Promise<EventRow[]> {
  if (events.isUnused()) return [];
  return selectRows(events.client, eventRow, {
    sql: `
      SELECT toString(id) AS id, message_id, scope, recipient, type,
        toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Milli(sent_at) AS sent_at,
        source, subject, isp, identity, configuration_set, tenant, tags, destination, object_key, object_offset, object_length, in_ses_scope,
        open_tracked, click_tracked, machine, bounce_type, bounce_sub_type, complaint_sub_type, complaint_feedback_type, diagnostic, details
      FROM events WHERE message_id = {messageId:String}`,
    parameters: { messageId },
    what: "the events of a message",
  });
}

const partitionRow = object({ partition: string() });

/**
 * Deletes events of messages sent before a time, and the states aggregated from them. Months entirely before it are
 * dropped as partitions, which costs nothing; in the month that contains it, rows are marked and removed by later
 * merges.
 */
export async function deleteEventsBefore(events: EventDatabase, before: Date): Promise<void> {
  const month = Number(before.toISOString().slice(0, 7).replace("-", ""));
  const isBefore = "sent_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')";
  const parameters = { before: before.getTime() };
  for (const table of ["recipient_outcomes", "message_states", "events"]) {
    if (table === "events") await markDeletion(events, isBefore, parameters);
    const rows = await selectRows(events.client, partitionRow, {
      sql: `SELECT DISTINCT partition FROM system.parts
        WHERE database = currentDatabase() AND table = {table:String} AND active`,
      parameters: { table },
      what: "the list of partitions",
    });
    const partitions = rows.map(({ partition }) => Number(partition));
    for (const partition of partitions.filter((one) => one < month)) {
      // A partition name can't be a parameter. It is a number from ClickHouse.
      await events.client.command({ query: `ALTER TABLE ${table} DROP PARTITION ${partition}` });
    }
    if (!partitions.includes(month)) continue;
    await events.client.command({
      query: `DELETE FROM ${table} WHERE ${isBefore}`,
      query_params: parameters,
    });
  }
}
