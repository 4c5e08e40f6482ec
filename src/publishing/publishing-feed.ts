/** What the rest of the server tells publishing: whether events are wanted, and events that are not about mail. */
import type { Interest } from "../events/commit.ts";
import type { ScopedQueryable } from "../stores/postgres/database.ts";
import { recordAccountEvents } from "./account-events.ts";
import type { AccountEvent } from "./ses-event/render-account-event.ts";
import { type AllSubscriptions, accountEventWantedBy, createInterestCheck } from "./subscriptions.ts";

export interface PublishingFeed {
  /** What targets want of commits; undefined if they want nothing. It runs no query each time. */
  interest(): Promise<Interest | undefined>;
  /** Finds what targets want of events that are not about mail. Call it before the transaction that writes them. */
  accountEvents(): Promise<AccountEventWriter>;
}

export interface AccountEventWriter {
  /** Adds those events that a target of the scope wants, in the transaction of what they report. */
  write(transaction: ScopedQueryable, events: readonly AccountEvent[], now: Date): Promise<void>;
}

/** `current` returns the same object until the subscriptions are read again. */
export function createPublishingFeed(current: () => Promise<AllSubscriptions>): PublishingFeed {
  let known: { subscriptions: AllSubscriptions; interest: Interest | undefined } | undefined;

  return {
    async interest() {
      const subscriptions = await current();
      if (known?.subscriptions !== subscriptions) known = { subscriptions, interest: interestIn(subscriptions) };
      return known.interest;
    },
    accountEvents: async () => writerOf(await current()),
  };
}

function interestIn(subscriptions: AllSubscriptions): Interest | undefined {
  if (subscriptions.isEmpty) return undefined;
  const writer = writerOf(subscriptions);
  return {
    wants: createInterestCheck(subscriptions),
    suppressed: (transaction, added, now) =>
      writer.write(
        transaction,
        added.map(({ address, reason, tenant, messageId }) => ({
          type: "SUPPRESSION_ADDED",
          at: now,
          emailAddress: address,
          reason,
          tenant: tenant || undefined,
          messageId: messageId ?? undefined,
        })),
        now,
      ),
  };
}

function writerOf(subscriptions: AllSubscriptions): AccountEventWriter {
  return {
    async write(transaction, events, now) {
      const own = subscriptions.of(transaction.scope);
      const wanted = events.filter(({ type }) => accountEventWantedBy(own, type).length > 0);
      await recordAccountEvents(transaction, wanted, now);
    },
  };
}
