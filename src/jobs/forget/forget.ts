/**
 * Deletes the data of a person, identified by an email address, in all accounts and regions, both own and mirrored.
 * Deleting twice does no harm, so a failed call can be repeated.
 */
import type { Recorder } from "../../events/recorder.ts";
import { mailboxOf, parseAddress } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";
import { listSetAside } from "../../mirror/set-aside.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import {
  countEventsOfRecipient,
  deleteEventsOfRecipient,
  type SoleMail,
  selectSoleMail,
} from "../../stores/clickhouse/recipient-events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteSetAside } from "../../stores/postgres/mirror-set-aside.ts";
import { selectMirrorSources } from "../../stores/postgres/mirror-sources.ts";
import { deleteRowsOfAddress } from "../../stores/postgres/recipient-rows.ts";
import { forgetArchived } from "./forget-archived.ts";
import { forgetPacked } from "./forget-packed.ts";
import { type Mentions, mentionsOf } from "./mentions.ts";

export interface ForgetServices {
  readonly database: Database;
  readonly events: EventDatabase;
  readonly objects: Pick<ObjectStore, "erase">;
  readonly recorder: Pick<Recorder, "drained">;
}

/** How many items were removed, by kind. */
export interface Forgotten {
  /** Recorded events, and the messages that they are about. */
  readonly events: number;
  readonly messages: number;
  /** Stored mail to nobody else, which is overwritten. */
  readonly mail: number;
  /** Mail of archives to nobody else, which is overwritten. */
  readonly archived: number;
  /** Mail that was waiting to be delivered. */
  readonly queued: number;
  /** Events stored for event destinations and webhooks, sent or not. */
  readonly publications: number;
  /** Answers of webhook receivers that contained the address. */
  readonly webhookAnswers: number;
  /** Events that the event database had rejected. */
  readonly refusedEvents: number;
  /** Records of the mirror that could not be read. */
  readonly setAside: number;
  /** Entries of contact lists and suppression lists; 0 unless `lists` is set. */
  readonly contacts: number;
  readonly suppressions: number;
}

/** The text is not an email address. The message is for people. */
export class ForgetError extends Error {
  override name = "ForgetError";
}

const recordsPerPage = 16;

/** Parses the address into its recorded form. Throws a `ForgetError` if the text is not an address. */
export function addressToForget(text: string): string {
  try {
    return mailboxOf(parseAddress(text));
  } catch (error) {
    if (error instanceof MailError) throw new ForgetError(`This is not an email address: ${error.message}`);
    throw error;
  }
}

/**
 * Deletes the data of an address.
 * @param lists deletes entries of contact lists and suppression lists, too. A suppression protects from further mail.
 * @throws ForgetError if the text is not an address
 */
export async function forget(
  { database, events, objects, recorder }: ForgetServices,
  text: string,
  { lists, signal }: { readonly lists: boolean; readonly signal?: AbortSignal },
): Promise<Forgotten> {
  const address = addressToForget(text);
  // First, so that no delivery adds events while events are deleted.
  const queued = await deleteRowsOfAddress(database, "send_queue", address);
  await recorder.drained(signal);
  const { events: count, messages } = await countEventsOfRecipient(events, address);
  // The events locate the mail, so they are deleted later.
  const mail = await erase(objects, await selectSoleMail(events, address));
  const archived = await forgetArchived({ database, objects }, address, signal);
  const kept = await forgetPacked(database, "publications", address, signal);
  const webhookAnswers = await forgetPacked(database, "webhook_deliveries", address, signal);
  const refusedEvents = await forgetPacked(database, "outbox", address, signal);
  const setAside = await forgetSetAside(database, mentionsOf(address), signal);
  const contacts = lists ? await deleteRowsOfAddress(database, "contacts", address) : 0;
  const suppressions = lists ? await deleteRowsOfAddress(database, "suppressed_destinations", address) : 0;
  await deleteEventsOfRecipient(events, address, signal);
  // Last: a router may have read a publication before it was changed, and queued its events after that.
  const queuedForTargets = await forgetPacked(database, "publication_batches", address, signal);
  return {
    ...{ events: count, messages, mail, archived, queued, publications: kept + queuedForTargets },
    ...{ webhookAnswers, refusedEvents, setAside, contacts, suppressions },
  };
}

async function erase(objects: Pick<ObjectStore, "erase">, mail: readonly SoleMail[]): Promise<number> {
  let erased = 0;
  for (const [key, parts] of Map.groupBy(mail, (one) => one.key)) erased += await objects.erase(key, parts);
  return erased;
}

async function forgetSetAside(
  database: Database,
  mentions: Mentions,
  signal: AbortSignal | undefined,
): Promise<number> {
  let removed = 0;
  for (const { id: source } of await selectMirrorSources(database)) {
    for (let after = 0, more = true; more; ) {
      signal?.throwIfAborted();
      const records = await listSetAside(database, source, { after, limit: recordsPerPage });
      const found = records.filter(({ text }) => mentions(text)).map(({ id }) => id);
      await deleteSetAside(database, source, found);
      removed += found.length;
      after = records.at(-1)?.id ?? after;
      more = records.length === recordsPerPage;
    }
  }
  return removed;
}
