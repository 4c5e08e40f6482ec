/**
 * The messages whose events wait in the outbox. Most of a test suite's messages do when it asks for them, and each is
 * asked for many times: what was read of a row is kept, since rows don't change.
 */
import { BoundedMap } from "../common/bounded-map.ts";
import { eventsContaining } from "../events/outbox-events.ts";
import { recordVersion } from "../events/record.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { outboxRowIds, outboxRowsById } from "../stores/postgres/outbox.ts";
import { type InboxMessage, messageOfRow } from "./inbox-message.ts";

export interface UnrecordedSendsServices {
  database: Queryable;
  objects: Pick<ObjectStore, "read">;
}

/** Which messages. */
export interface UnrecordedRange {
  /** The account and region; undefined for all. */
  readonly scope: number | undefined;
  /** The first ID; undefined for no lower bound. */
  readonly from: string | undefined;
}

/** Reads the messages, in any order, by their ID. */
export type UnrecordedSends = (range: UnrecordedRange) => Promise<Map<string, InboxMessage>>;

const rowsAtOnce = 100;
/** How many rows are kept, and the largest of them, in events: one row has all messages of a bulk request. */
const kept = { rows: 2_000, events: 20 };

export function createUnrecordedSends({ database, objects }: UnrecordedSendsServices): UnrecordedSends {
  const known = new BoundedMap<number, readonly InboxMessage[]>({ capacity: kept.rows, evicts: "oldest" });

  return async ({ scope, from }) => {
    const found = new Map<string, InboxMessage>();
    const add = (messages: readonly InboxMessage[]) => {
      // A copy: the content of a message, with its attachments, is kept as long as the object is.
      for (const message of messages) if (message.id >= (from ?? "")) found.set(message.id, { ...message });
    };
    const unread: number[] = [];
    for (const id of await outboxRowIds(database, { scope, from })) {
      const messages = known.get(id);
      if (messages) add(messages);
      else unread.push(id);
    }
    for (let at = 0; at < unread.length; at += rowsAtOnce) {
      // A row that is gone by now has been recorded.
      const rows = await outboxRowsById(database, unread.slice(at, at + rowsAtOnce));
      for (const messages of await Promise.all(rows.map(read))) add(messages);
    }
    return found;
  };

  async function read(row: Awaited<ReturnType<typeof outboxRowsById>>[number]): Promise<readonly InboxMessage[]> {
    // A newer version of the program wrote it; that one will record it.
    if (row.version !== recordVersion) return [];
    const sends = await eventsContaining('"type":"SEND"', row);
    const messages = sends.flatMap((send) => (send.type === "SEND" ? (messageOfRow(send, objects) ?? []) : []));
    if (row.events <= kept.events) known.set(row.id, messages);
    return messages;
  }
}
