/** Copies a real account's suppression list into the mirrored account, and if enabled, new entries in the other direction. */
import type { AwsClients } from "../../publishing/aws/clients.ts";
import type { AccountEventWriter } from "../../publishing/publishing-feed.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import {
  type CopiedSuppression,
  copySuppressions,
  selectSuppressedDestinations,
} from "../../stores/postgres/suppressed-destinations.ts";

export interface SuppressionServices {
  readonly aws: Pick<AwsClients, "ses" | "call">;
  /** In the scope of the mirrored account. */
  readonly database: ScopedDatabase;
  readonly writer: AccountEventWriter;
}

/** The progress of earlier runs; null if there was none. */
export interface SuppressionProgress {
  readonly pulledUntil: Date | null;
  readonly pushedUntil: Date | null;
}

export interface SuppressionRun extends SuppressionProgress {
  readonly region: string;
  readonly both: boolean;
  readonly now: Date;
}

const pageSize = 1_000;
/** The overlap of runs, since clocks differ a little and commits take time. */
const overlapMs = 5 * 60_000;

/**
 * Copies entries that were added there since the last run, and if `both`, adds entries from here there. An entry here is
 * replaced only by a newer one with another reason. Nothing is deleted on either side.
 * @returns the progress for the next run
 * @throws the SDK's errors, and the reason of `stopping` if it aborts
 */
export async function exchangeSuppressions(
  services: SuppressionServices,
  run: SuppressionRun,
  stopping: AbortSignal,
): Promise<SuppressionProgress> {
  const { both, now, pushedUntil } = run;
  // The first push needs the complete list there, so that it adds only missing entries.
  const since = both && pushedUntil === null ? undefined : before(run.pulledUntil);
  const there = await pull(services, run, since, stopping);
  if (!both) return { pulledUntil: now, pushedUntil: null };
  await push(services, run, there, stopping);
  return { pulledUntil: now, pushedUntil: now };
}

/** The start of a run: a little before the end of the last one. */
function before(until: Date | null): Date | undefined {
  return until === null ? undefined : new Date(until.getTime() - overlapMs);
}

/** Copies the entries from there; resolves to their addresses with their reasons. */
async function pull(
  { aws, database, writer }: SuppressionServices,
  { region, now }: SuppressionRun,
  since: Date | undefined,
  stopping: AbortSignal,
): Promise<Map<string, string>> {
  const ses = await aws.ses(region);
  const there = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    stopping.throwIfAborted();
    const page = await aws.call(ses, (options) =>
      ses.listSuppressedDestinations({ PageSize: pageSize, StartDate: since, NextToken }, options),
    );
    const entries = new Map<string, CopiedSuppression>();
    for (const { EmailAddress = "", Reason, LastUpdateTime } of page.SuppressedDestinationSummaries ?? []) {
      const address = contactAddress(EmailAddress);
      if (address === undefined || (Reason !== "BOUNCE" && Reason !== "COMPLAINT")) continue;
      there.set(address, Reason);
      entries.set(address, { address, reason: Reason, updatedAt: LastUpdateTime ?? now });
    }
    await database.transaction(async (transaction) => {
      const copied = await copySuppressions(transaction, [...entries.values()]);
      const type = "SUPPRESSION_ADDED";
      const added = copied.map(({ address, reason }) => ({ type, at: now, emailAddress: address, reason }) as const);
      await writer.write(transaction, added, now);
    });
    NextToken = page.NextToken;
  } while (NextToken);
  return there;
}

/** Adds entries to the list there that were added here and are missing there. */
async function push(
  { aws, database }: SuppressionServices,
  { region, pushedUntil, now }: SuppressionRun,
  there: ReadonlyMap<string, string>,
  stopping: AbortSignal,
): Promise<void> {
  const ses = await aws.ses(region);
  let after = "";
  for (;;) {
    const page = await selectSuppressedDestinations(database, {
      ...{ tenant: "", reasons: undefined, after, limit: pageSize },
      from: before(pushedUntil),
      before: now,
    });
    for (const { address, reason } of page) {
      if (there.get(address) === reason) continue;
      stopping.throwIfAborted();
      await aws.call(ses, (options) =>
        ses.putSuppressedDestination({ EmailAddress: address, Reason: reason }, options),
      );
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.address;
  }
}
