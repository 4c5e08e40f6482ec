/** All events of one message: those in the event database, and acknowledged ones that are still in the outbox. */
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { type EventRow, selectMessageEvents } from "../stores/clickhouse/events.ts";
import type { Database } from "../stores/postgres/database.ts";
import { outboxRowsAround } from "../stores/postgres/outbox.ts";
import { decodeEvents, recordVersion, unknownRecordVersion } from "./record.ts";

const decompress = promisify(zstdDecompress);

/** The order of events with the same time. */
const order = [
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
];

/**
 * A message's events, each once, oldest first; none if the message is unknown. Times are in milliseconds.
 * The outbox is read first, so that an event that is moved meanwhile is read twice, but never missed.
 * @throws UnknownVersion if a newer version of the program committed events that may belong to the message
 */
export async function readHistory(
  stores: { database: Database; events: EventDatabase },
  messageId: string,
): Promise<EventRow[]> {
  // No ID contains NUL, and PostgreSQL rejects it in text.
  if (messageId.includes("\0")) return [];
  const rows = await outboxRowsAround(stores.database, messageId);
  const waiting = await Promise.all(
    rows.map(async (row) => {
      if (row.version !== recordVersion) throw unknownRecordVersion(row.version);
      return decodeEvents((await decompress(row.payload)).toString("utf8"), messageId);
    }),
  );
  const byId = new Map<string, EventRow>();
  for (const event of waiting.flat()) byId.set(event.id, event);
  for (const event of await selectMessageEvents(stores.events, messageId)) byId.set(event.id, event);
  return [...byId.values()].sort(
    (a, b) => a.at - b.at || order.indexOf(a.type) - order.indexOf(b.type) || (a.id < b.id ? -1 : 1),
  );
}
