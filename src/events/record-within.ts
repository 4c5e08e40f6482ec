/** Commits events in a caller's transaction, so that they are atomic with its other changes. */
import { zstdCompressSync } from "node:zlib";
import type { Queryable } from "../stores/postgres/database.ts";
import { insertOutboxRowWithin } from "../stores/postgres/outbox.ts";
import type { MailEvent } from "./event.ts";
import { encodeEvent, recordVersion } from "./record.ts";

/** Adds a few events to the outbox as part of `transaction`. The recorder finds them within a second. */
export async function recordWithin(transaction: Queryable, events: readonly MailEvent[], now: Date): Promise<void> {
  const ids = events.map(({ messageId }) => messageId).sort();
  const [first, last] = [ids.at(0), ids.at(-1)];
  if (first === undefined || last === undefined) return;
  await insertOutboxRowWithin(transaction, {
    firstMessageId: first,
    lastMessageId: last,
    events: events.length,
    payload: zstdCompressSync(Buffer.from(events.map(encodeEvent).join(""))),
    version: recordVersion,
    now,
    recipients: 0,
  });
}
