/** Commits events in a caller's transaction, so that they are atomic with its other changes. */
import type { Queryable } from "../stores/postgres/database.ts";
import { insertOutboxRowsWithin } from "../stores/postgres/outbox.ts";
import type { Interest } from "./commit.ts";
import { outboxRowsOf } from "./commit-rows.ts";
import type { MailEvent } from "./event.ts";

/**
 * Adds a few later events of messages to the outbox as part of `transaction`, and for publishing if a target may want
 * them. The recorder and the router find them within a second. `interest` is found before the transaction begins.
 */
export async function recordWithin(
  transaction: Queryable,
  events: readonly MailEvent[],
  { now, interest }: { now: Date; interest: Interest | undefined },
): Promise<void> {
  const rows = await outboxRowsOf([{ events, origin: undefined }], { recipients: new Map(), now, interest });
  await insertOutboxRowsWithin(transaction, rows);
}
