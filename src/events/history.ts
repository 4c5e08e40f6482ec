/** All events of one message: those in the event database, and acknowledged ones that are still in the outbox. */
import { DamagedData } from "../common/damaged-data.ts";
import { mayHaveLostEvents } from "../stores/clickhouse/damage.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { type EventRow, selectMessageEvents } from "../stores/clickhouse/events.ts";
import type { Database } from "../stores/postgres/database.ts";
import { outboxRowsAround } from "../stores/postgres/outbox.ts";
import { eventsContaining } from "./outbox-events.ts";
import { recordVersion, unknownRecordVersion } from "./record.ts";

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
 * A message's events, each once, oldest first; none if the message is unknown, or not of `scope`. Times are in
 * milliseconds.
 * The outbox is read first, so that an event that is moved meanwhile is read twice, but never missed.
 * @param scope the account and region of whom asks; undefined for all
 * @throws DamagedData if the event database has lost events that may belong to the message
 * @throws UnknownVersion if a newer version of the program committed events that may belong to the message
 */
export async function readHistory(
  stores: { database: Database; events: EventDatabase },
  messageId: string,
  scope?: number,
): Promise<EventRow[]> {
  // No ID contains NUL, and PostgreSQL rejects it in text.
  if (messageId.includes("\0")) return [];
  const rows = await outboxRowsAround(stores.database, messageId);
  const waiting = await Promise.all(
    rows.map(async (row) => {
      if (row.version !== recordVersion) throw unknownRecordVersion(row.version);
      const events = await eventsContaining(JSON.stringify(messageId), row);
      return events.filter((event) => event.message_id === messageId);
    }),
  );
  const byId = new Map<string, EventRow>();
  for (const event of waiting.flat()) byId.set(event.id, event);
  for (const event of await selectMessageEvents(stores.events, messageId)) byId.set(event.id, event);
  const history = [...byId.values()];
  const isBegun = history.some(({ type }) => type === "SEND");
  if (!isBegun && (await mayHaveLostEvents(stores.events, messageId, history.length))) {
    throw new DamagedData(
      "Events of this message may be lost: the event database is damaged. The log says since its start what is broken and what to do.",
    );
  }
  const shown = scope === undefined ? history : history.filter((event) => event.scope === scope);
  return shown.sort((a, b) => a.at - b.at || order.indexOf(a.type) - order.indexOf(b.type) || (a.id < b.id ? -1 : 1));
}

/** A message's events by recipient, in the order of the message's recipients; those known only from events come last. */
export function byRecipient(history: readonly EventRow[]): ReadonlyMap<string, readonly EventRow[]> {
  const events = Map.groupBy(history, ({ recipient }) => recipient);
  const destination = history.find((row) => row.destination?.length)?.destination ?? [];
  const recipients = new Set([...destination.filter((one) => events.has(one)), ...events.keys()]);
  return new Map([...recipients].map((recipient) => [recipient, events.get(recipient) ?? []]));
}
