/** Commits events in a caller's transaction, so that they are atomic with its other changes. */
import { zstdCompressSync } from "node:zlib";
import type { Queryable } from "../stores/postgres/database.ts";
import { insertOutboxRowWithin } from "../stores/postgres/outbox.ts";
import type { Interest } from "./commit.ts";
import type { MailEvent } from "./event.ts";
import { encodeEvent, recordVersion } from "./record.ts";

/**
 * Adds a few later events of messages to the outbox as part of `transaction`, and for publishing if a target may want
 * them. The recorder and the router find them within a second. `interest` is found before the transaction begins.
 */
export async function recordWithin(
  transaction: Queryable,
  events: readonly MailEvent[],
  { now, interest }: { now: Date; interest: Interest | undefined },
): Promise<void> {
  const ids = events.map(({ messageId }) => messageId).sort();
  const [first, last] = [ids.at(0), ids.at(-1)];
  if (first === undefined || last === undefined) return;
  const payload = zstdCompressSync(Buffer.from(events.map(encodeEvent).join("")));
  const row = {
    firstMessageId: first,
    lastMessageId: last,
    events: events.length,
    payload,
    version: recordVersion,
    now,
    recipients: 0,
  };
  const wanted = interest?.wants({ events, origin: undefined }) === true;
  await insertOutboxRowWithin(
    transaction,
    row,
    wanted ? { events: events.length, sent: undefined, payload } : undefined,
  );
}
