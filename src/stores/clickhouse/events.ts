/** The events table: its migration describes the columns. */
import type { EventType } from "@aws-sdk/client-sesv2";
import type { EventDatabase } from "./event-database.ts";

/** A row of the events table. Unknown values are empty strings; times are in milliseconds. */
export interface EventRow {
  id: string;
  message_id: string;
  recipient: string;
  type: EventType;
  at: number;
  sent_at: number;
  source?: string;
  subject?: string;
  isp?: string;
  identity?: string;
  configuration_set?: string;
  tenant?: string;
  tags?: Record<string, string[]>;
  destination?: string[];
  object_key?: string;
  object_offset?: number | string;
  object_length?: number | string;
  in_ses_scope?: boolean;
  open_tracked?: boolean;
  click_tracked?: boolean;
  bounce_type?: string;
  bounce_sub_type?: string;
  complaint_sub_type?: string;
  complaint_feedback_type?: string;
  diagnostic?: string;
  details?: string;
  machine?: string;
}

/** The events of one message, unordered. A repeated event may be present twice until parts are merged. */
export async function selectMessageEvents(events: EventDatabase, messageId: string): Promise<EventRow[]> {
  const answer = await events.client.query({
    query: `
      SELECT toString(id) AS id, message_id, recipient, type,
        toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Milli(sent_at) AS sent_at,
        source, subject, isp, identity, configuration_set, tenant, tags, destination, object_key, object_offset, object_length, in_ses_scope,
        open_tracked, click_tracked, machine, bounce_type, bounce_sub_type, complaint_sub_type, complaint_feedback_type, diagnostic, details
      FROM events WHERE message_id = {messageId:String}`,
    query_params: { messageId },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    format: "JSONEachRow",
  });
  return answer.json<EventRow>();
}

/**
 * Deletes events of messages sent before a time, and the states aggregated from them. Months entirely before it are
 * dropped as partitions, which costs nothing; in the month that contains it, rows are marked and removed by later
 * merges.
 */
export async function deleteEventsBefore(events: EventDatabase, before: Date): Promise<void> {
  const month = Number(before.toISOString().slice(0, 7).replace("-", ""));
  for (const table of ["message_states", "events"]) {
    const answer = await events.client.query({
      query: `SELECT DISTINCT partition FROM system.parts
        WHERE database = currentDatabase() AND table = {table:String} AND active`,
      query_params: { table },
      format: "JSONEachRow",
    });
    const partitions = (await answer.json<{ partition: string }>()).map(({ partition }) => Number(partition));
    for (const partition of partitions.filter((one) => one < month)) {
      // A partition name can't be a parameter. It is a number from ClickHouse.
      await events.client.command({ query: `ALTER TABLE ${table} DROP PARTITION ${partition}` });
    }
    if (!partitions.includes(month)) continue;
    await events.client.command({
      query: `DELETE FROM ${table} WHERE sent_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')`,
      query_params: { before: before.getTime() },
    });
  }
}
