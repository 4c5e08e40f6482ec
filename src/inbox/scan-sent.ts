/**
 * Reads the messages that were sent, in the order of their IDs: those in the outbox and those in the event database.
 * The outbox is read first, so that a message that is moved meanwhile is found twice, but never missed.
 */
import type { EventReader } from "../insights/event-reader.ts";
import { selectSentMessages } from "../insights/sent-messages.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import { type InboxMessage, messageOfRow } from "./inbox-message.ts";
import type { UnrecordedSends } from "./unrecorded-sends.ts";

/** Mostly, the first page has what is looked for; a count reads all of them. */
const firstPage = 100;
const laterPages = 1_000;

export interface SentScan {
  /** The account and region; undefined for all. */
  readonly scope: number | undefined;
  readonly order: "newest" | "oldest";
  /** The first ID; undefined for no lower bound. */
  readonly from: string | undefined;
}

export interface SentScanServices {
  unrecordedSends: UnrecordedSends;
  reader: EventReader;
  objects: Pick<ObjectStore, "read">;
}

/** The messages with mail, each once, a part at a time. Ends with the reason of `signal` if that aborts. */
export async function* scanSent(
  { unrecordedSends, reader, objects }: SentScanServices,
  { scope, order, from }: SentScan,
  signal?: AbortSignal,
): AsyncGenerator<InboxMessage[]> {
  const isBefore = order === "newest" ? (a: string, b: string) => a > b : (a: string, b: string) => a < b;
  const waiting = await unrecordedSends({ scope, from });
  let unrecorded = [...waiting.values()].sort((a, b) => (isBefore(a.id, b.id) ? -1 : 1));
  let after: string | undefined;
  let limit = firstPage;
  while (true) {
    signal?.throwIfAborted();
    const rows = await selectSentMessages(reader, { scope, order, from, after, limit }, signal);
    const recorded = rows.flatMap((row) => (waiting.has(row.message_id) ? [] : (messageOfRow(row, objects) ?? [])));
    const isLast = rows.length < limit;
    after = rows.at(-1)?.message_id;
    const end = after;
    const due = isLast || end === undefined ? unrecorded : unrecorded.filter(({ id }) => isBefore(id, end));
    unrecorded = unrecorded.slice(due.length);
    yield [...recorded, ...due].sort((a, b) => (isBefore(a.id, b.id) ? -1 : 1));
    if (isLast) return;
    limit = laterPages;
  }
}
