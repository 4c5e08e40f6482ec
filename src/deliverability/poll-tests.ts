/** One round of all inbox placement tests in progress: looks into each seed mailbox for their mail. */
import type { Sealer } from "../access/sealing/sealer.ts";
import { type Backoff, createBackoff } from "../common/backoff.ts";
import { DamagedData } from "../common/damaged-data.ts";
import { messageIdField } from "../events/message-id.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  type Conclusion,
  completeTests,
  concludeMail,
  deleteOldTests,
  noteSearch,
  type OpenTestMail,
  selectOpenMails,
} from "../stores/postgres/deliverability-tests.ts";
import { noteSeedCheck, type StoredSeedMailbox, selectSeedMailboxes } from "../stores/postgres/seed-mailboxes.ts";
import { findMails } from "./find-mail.ts";
import { MailboxFailure, openMailbox } from "./imap-mailbox.ts";
import { loginOf } from "./manage-seeds.ts";

export interface PollServices {
  readonly database: Database;
  readonly sealer: Sealer;
  /** All events of a message of a scope. */
  readonly history: (messageId: string, scope: number) => Promise<readonly EventRow[]>;
  readonly clock: () => Date;
  readonly log: { warn(details: object, message: string): void; error(details: object, message: string): void };
}

/** The mailboxes that failed lately. A provider may lock an account that tries a wrong password again and again. */
export type RestingSeeds = Map<string, { readonly backoff: Backoff; until: number }>;

/** The most mailboxes that are open at a time, and messages looked for in a session. */
const most = { sessions: 4, mailsPerSession: 100 };
const rests = { firstMs: 60_000, longestMs: 3_600_000 };
/** How long reports are kept, in milliseconds. */
const keptMs = 400 * 24 * 3_600_000;

/** Resolves to whether tests are still in progress. `resting` is kept from round to round. */
export async function pollTests(services: PollServices, resting: RestingSeeds, signal: AbortSignal): Promise<boolean> {
  const { database, clock } = services;
  const open = await selectOpenMails(database, most.mailsPerSession);
  if (open.length > 0) {
    const seeds = new Map((await selectSeedMailboxes(database)).map((seed) => [seed.id, seed]));
    const waiting = [...Map.groupBy(open, ({ seed }) => seed)];
    const work = async () => {
      for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
        const [id, mails] = next;
        await pollSeed(services, { seed: id === null ? undefined : seeds.get(id), mails, resting, signal });
      }
    };
    const worked = await Promise.allSettled(Array.from({ length: most.sessions }, work));
    const failed = worked.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
  if (signal.aborted) return true;
  await completeTests(database, clock());
  await deleteOldTests(database, new Date(clock().getTime() - keptMs));
  return (await selectOpenMails(database, 1)).length > 0;
}

interface SeedRound {
  readonly seed: StoredSeedMailbox | undefined;
  readonly mails: readonly OpenTestMail[];
  readonly resting: RestingSeeds;
  readonly signal: AbortSignal;
}

async function pollSeed(services: PollServices, { seed, mails, resting, signal }: SeedRound): Promise<void> {
  const { database, clock, log } = services;
  const now = clock();
  const isDue = ({ dueAt }: OpenTestMail) => dueAt <= now;
  if (!seed) {
    for (const mail of mails) await concludeMail(database, mail, unknown("The seed mailbox was deleted."), now);
    return;
  }
  // Before a test ends, its mail is looked for once more.
  const rest = resting.get(seed.id);
  if (rest && performance.now() < rest.until && !mails.some(isDue)) return;
  let missing: readonly OpenTestMail[];
  try {
    missing = await search(services, seed, mails, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof MailboxFailure)) throw error;
    const { backoff } = rest ?? { backoff: createBackoff(rests) };
    resting.set(seed.id, { backoff, until: performance.now() + backoff.next() });
    log.warn({ seed: seed.address }, `a seed mailbox can't be searched: ${error.message}`);
    await noteSeedCheck(database, seed.id, now, error.message);
    await noteSearch(database, seed.id, error.message);
    for (const mail of mails.filter(isDue)) await concludeMail(database, mail, unknown(error.message), now);
    return;
  }
  resting.delete(seed.id);
  await noteSeedCheck(database, seed.id, now, null);
  await noteSearch(database, seed.id, null);
  for (const mail of missing.filter(isDue)) await concludeMail(database, mail, await absence(services, mail), now);
}

/** Searches the mailbox, and stores what was found; resolves to what was not. */
async function search(
  { database, sealer, clock }: PollServices,
  seed: StoredSeedMailbox,
  mails: readonly OpenTestMail[],
  signal: AbortSignal,
): Promise<OpenTestMail[]> {
  const wanted = mails.map((mail) => ({ ...mail, messageIdField: messageIdField(mail.messageId, mail.region) }));
  // An error of the database is not one of the mailbox.
  let storing: { readonly error: unknown } | undefined;
  try {
    return await openMailbox(loginOf({ sealer }, seed), signal, (mailbox) =>
      findMails(mailbox, wanted, seed.authservId, async ({ mail, conclusion }) => {
        try {
          await concludeMail(database, mail, conclusion, clock());
        } catch (error) {
          storing = { error };
          throw error;
        }
      }),
    );
  } catch (error) {
    throw storing === undefined ? error : storing.error;
  }
}

/** What to say of mail that was not found in time. */
async function absence({ history }: PollServices, { messageId, scope }: OpenTestMail): Promise<Conclusion> {
  let events: readonly EventRow[];
  try {
    events = await history(messageId, scope);
  } catch (error) {
    if (!(error instanceof DamagedData)) throw error;
    return unknown(`The message's events can't be read: ${error.message}`);
  }
  const isOf = (wanted: string) => events.find(({ type }) => type === wanted);
  if (!isOf("SEND")) return unknown("There is no record that the message was sent.");
  const bounce = isOf("BOUNCE");
  const missing = (note: string): Conclusion => ({ placement: "missing", folder: null, spf: null, dkim: null, note });
  if (bounce) return missing(`The message bounced: ${bounce.diagnostic ?? "no reason was given"}`.slice(0, 1_000));
  if (isOf("REJECT")) return missing("The message was rejected for its content.");
  if (isOf("DELIVERY")) return missing("The receiving server accepted the message, but it is in no folder.");
  return missing("The message is still waiting for delivery.");
}

function unknown(note: string): Conclusion {
  return { placement: "unknown", folder: null, spf: null, dkim: null, note };
}
