/** Messages that were sent with mail, from their SEND events in the event database, a page at a time. */
import { type EventRow, eventRow } from "../stores/clickhouse/events.ts";
import type { EventReader } from "./event-reader.ts";

/** Which messages, and in which order of their IDs, which begin with the time of sending. */
export interface SentMessagesPage {
  /** The account and region; undefined for all. */
  readonly scope: number | undefined;
  readonly order: "newest" | "oldest";
  /** The first ID; undefined for no lower bound. */
  readonly from: string | undefined;
  /** The last message of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** The SEND event of each message, to one of its recipients. */
export async function selectSentMessages(
  reader: EventReader,
  { scope, order, from, after, limit }: SentMessagesPage,
  signal?: AbortSignal,
): Promise<EventRow[]> {
  if (reader.isUnused()) return [];
  const conditions = ["type = 'SEND'", "object_key != ''"];
  const parameters: Record<string, string | number> = { limit };
  const where = (condition: string, name: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters[name] = value;
  };
  where("scope = {scope:UInt32}", "scope", scope);
  where("message_id >= {from:String}", "from", from);
  where(`message_id ${order === "newest" ? "<" : ">"} {after:String}`, "after", after);
  return reader.rows(
    eventRow,
    `SELECT toString(id) AS id, message_id, scope, recipient, type,
        toUnixTimestamp64Milli(at) AS at, toUnixTimestamp64Milli(events.sent_at) AS sent_at,
        source, subject, configuration_set, tenant, tags, destination, object_key, object_offset, object_length, details
      FROM events WHERE ${conditions.join(" AND ")}
      ORDER BY message_id ${order === "newest" ? "DESC" : "ASC"} LIMIT 1 BY message_id LIMIT {limit:UInt32}`,
    parameters,
    signal,
  );
}
