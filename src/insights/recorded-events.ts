/** The newest events in the event database, for the live feed. */
import { number, object, picklist, string } from "valibot";
import { eventRow } from "../stores/clickhouse/events.ts";
import type { EventReader } from "./event-reader.ts";
import type { RecordedEvent } from "./live-feed.ts";

/** Ignores events of older mail, so that the engine can skip partitions of earlier months. */
const oldestMailMs = 60 * 24 * 3600 * 1000;

const recordedRow = object({
  id: string(),
  scope: number(),
  type: eventRow.entries.type,
  messageId: string(),
  recipient: string(),
  at: number(),
  subject: string(),
  bounceType: picklist(["", "Undetermined", "Permanent", "Transient"]),
});

/** Events of all scopes since a time, newest first; one more than `limit` if there are more. */
export async function newestEvents(reader: EventReader, since: Date, limit: number): Promise<RecordedEvent[]> {
  if (reader.isUnused()) return [];
  const rows = await reader.rows(
    recordedRow,
    `SELECT toString(id) AS id, scope, toString(type) AS type, message_id AS messageId, recipient,
        toUnixTimestamp64Milli(events.at) AS at, subject, toString(bounce_type) AS bounceType
      FROM events WHERE events.at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND sent_at >= fromUnixTimestamp64Milli({sentSince:Int64}, 'UTC')
      ORDER BY events.at DESC, id LIMIT {limit:UInt32}`,
    { since: since.getTime(), sentSince: since.getTime() - oldestMailMs, limit: limit + 1 },
  );
  return rows.map(({ id, scope, type, messageId, recipient, at, subject, bounceType }) => ({
    eventId: id,
    scope,
    event: {
      type,
      messageId,
      recipient,
      at: new Date(at).toISOString(),
      ...(type === "SEND" && { subject }),
      ...(type === "BOUNCE" && bounceType && { bounceType }),
    },
  }));
}
