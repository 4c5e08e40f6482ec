/**
 * What an account's own mail says about mailboxes. Mail servers are never probed: that harms a sender's reputation, and
 * large providers don't answer truthfully.
 */
import { createBatcher } from "../common/batcher.ts";
import type { EventReader } from "../insights/event-reader.ts";
import { type RecipientOutcome, selectRecipientOutcomes } from "../insights/recipient-outcomes.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { foldedAddress, selectListedBounces } from "../stores/postgres/suppressed-destinations.ts";
import type { Verdict } from "./verdict.ts";

export interface MailboxEvidence {
  /**
   * MailboxExists of an address, from the newest evidence: HIGH after a delivery, LOW after a hard bounce or while the
   * address is on the account's suppression list because of a bounce. `none` without evidence. Rejects if the databases
   * can't answer.
   */
  mailboxExists(mailbox: string): Promise<Verdict | "none">;
}

/** Mailboxes are closed and opened again, so older evidence doesn't count. */
const oldestEvidenceMs = 365 * 24 * 3600 * 1000;
/** The maximum number of addresses in a query, and of those that wait for one. */
const maxTogether = 500;
const mostWaiting = 10_000;

/** Reads the evidence of a scope. Addresses that are asked about together share a query, and one runs at a time. */
export function createMailboxEvidence(services: {
  database: ScopedDatabase;
  reader: EventReader;
  clock: () => Date;
}): MailboxEvidence {
  const { database, reader, clock } = services;
  const ask = createBatcher(maxTogether, async (mailboxes: readonly string[]) => {
    const folded = [...new Set(mailboxes)];
    const since = new Date(clock().getTime() - oldestEvidenceMs);
    const [outcomes, listed] = await Promise.all([
      selectRecipientOutcomes(reader, { scope: database.scope, recipients: folded, since }),
      selectListedBounces(database, folded),
    ]);
    return mailboxes.map((mailbox) => verdictOf(outcomes.get(mailbox), listed.get(mailbox)));
  });
  let waiting = 0;
  return {
    async mailboxExists(mailbox) {
      // Those who asked have a deadline, after which their questions would pile up while a database is slow.
      if (waiting >= mostWaiting) throw new Error("Too many questions about mailboxes wait");
      waiting++;
      try {
        return await ask(foldedAddress(mailbox));
      } finally {
        waiting--;
      }
    },
  };
}

/** `listedAt` is when the address got on the suppression list, in milliseconds. */
function verdictOf(outcome: RecipientOutcome | undefined, listedAt: number | undefined): Verdict | "none" {
  const deliveredAt = outcome?.deliveredAt ?? 0;
  const bouncedAt = Math.max(outcome?.bouncedAt ?? 0, listedAt ?? 0);
  if (deliveredAt === 0 && bouncedAt === 0) return "none";
  // At the same time: a server that accepts mail and then returns it has no mailbox.
  return deliveredAt > bouncedAt ? "HIGH" : "LOW";
}
