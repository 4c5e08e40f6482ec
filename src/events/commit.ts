/**
 * One commit of the outbox, which is atomic:
 * - Mail is appended to a pack in the object store, since a file per mail costs more than the mail itself. If the
 *   commit fails, nothing refers to that part of the pack.
 * - One query per list finds the recipients on a suppression list. It runs after the requests arrived, so that changes
 *   acknowledged before them count.
 * - Events become rows of the outbox table, one for each scope, in the format that the event database reads.
 * - Events that a target of publishing may want become rows of the publications table, one for each scope.
 * - Mail that an archive keeps is also appended to a pack of the archive, and becomes rows of archived_mail.
 * - Deliveries are added to the send queue; settled ones are removed from it or updated.
 * - Hard bounces and complaints add addresses to the suppression lists.
 */
import type { ObjectStore, PackedFiles } from "../stores/objects/object-store.ts";
import { type ArchivedMail, insertArchivedMail, type NewArchivedMail } from "../stores/postgres/archived-mail.ts";
import { type Database, type Queryable, queryableInScope, type ScopedQueryable } from "../stores/postgres/database.ts";
import { insertOutboxRows, insertOutboxRowsWithin, type NewOutboxRow } from "../stores/postgres/outbox.ts";
import { insertQueued, type NewQueuedMail, type SettledMail, settleQueued } from "../stores/postgres/send-queue.ts";
import { addSuppressions, type SuppressedDestination } from "../stores/postgres/suppressed-destinations.ts";
import { type MailToArchive, writeToArchives } from "./archive-packs.ts";
import { outboxRowsOf } from "./commit-rows.ts";
import type { MailEvent, MailLocation } from "./event.ts";
import {
  type Addressed,
  automaticSuppressions,
  findSuppressed,
  type MessageOrigin,
  type Recorded,
  type SuppressedRecipients,
  type SuppressionRules,
} from "./suppression.ts";

/** An accepted message to commit. */
export interface Submission extends Addressed {
  messageId: string;
  /** The message in MIME format. */
  mime: Uint8Array;
  /** How many recipients count toward the sending quota. */
  recipients: number;
  /**
   * Makes the message's first events and its deliveries. Called once the location of the mail and its suppressed
   * recipients are known.
   */
  begin(location: MailLocation, suppressed: SuppressedRecipients): MessageBeginning;
}

/** The first events and the deliveries of a message. */
export interface MessageBeginning {
  events: readonly MailEvent[];
  /** Empty in capture mode, where `events` contains the outcomes. */
  queued: readonly NewQueuedMail[];
  /** What an archive is to keep of the message; undefined for nothing. */
  archived?: Omit<ArchivedMail, "location"> | undefined;
}

/** The result of a delivery attempt. */
export interface Settlement extends SettledMail {
  /** The worker that claimed the mail. If its claim is lost, nothing is recorded. */
  worker: string;
  events: readonly MailEvent[];
  /** Unset for mail that has no events. */
  origin: MessageOrigin | undefined;
}

/** Something to commit: a message, events of existing messages, or the result of a delivery attempt. */
export type Entry =
  | { readonly kind: "submission"; readonly submission: Submission }
  | { readonly kind: "events"; readonly events: readonly MailEvent[]; readonly origin: MessageOrigin | undefined }
  | { readonly kind: "settlement"; readonly settlement: Settlement };

/** What targets of publishing want of a commit. */
export interface Interest {
  /** Whether a target may want events of a request. */
  wants(recorded: Recorded): boolean;
  /** Records, in the transaction, that addresses were added to the scope's suppression lists, if a target wants to know. */
  suppressed(transaction: ScopedQueryable, added: readonly SuppressedDestination[], now: Date): Promise<void>;
}

export interface CommitServices {
  database: Database;
  objects: ObjectStore;
  suppressionRules: SuppressionRules;
  /** The interest at present; undefined if nothing is published. Called for each commit: it must not run a query each time. */
  interest: () => Promise<Interest | undefined>;
  clock: () => Date;
}

/** What a commit writes, besides settlements. */
interface Written {
  recorded: Recorded[];
  queued: NewQueuedMail[];
  archived: NewArchivedMail[];
  /** The number of accepted recipients by scope. */
  recipients: Map<number, number>;
}

/** What a commit has written. */
export interface CommittedEvents {
  readonly events: readonly MailEvent[];
  /** Whether some of it is to be published. */
  readonly publishes: boolean;
}

/** Commits the entries together. Throws if nothing was committed, as far as is known. */
export async function commitEntries(services: CommitServices, entries: readonly Entry[]): Promise<CommittedEvents> {
  const { database } = services;
  const now = services.clock();
  const settlements = entries.flatMap((entry) => (entry.kind === "settlement" ? [entry.settlement] : []));
  const { queued, recorded, recipients, archived } = await beginMessages(services, entries, now);
  const all = [...recorded, ...settlements];
  // Before the transaction: rules may query the database, and an embedded one has a single connection.
  const suppressions = await automaticSuppressions(services.suppressionRules, all, now);
  const interest = await services.interest();
  const rows = await outboxRowsOf(all, { recipients, now, interest });
  if (rows.length > 0 && settlements.length + queued.length + suppressions.length + archived.length === 0) {
    await insertOutboxRows(database, rows);
    return committedEvents(all, rows);
  }
  return database.transaction(async (transaction) => {
    const lost = await settleAll(transaction, settlements);
    const kept = without(all, lost);
    const valid = lost.size === 0 ? rows : await outboxRowsOf(kept, { recipients, now, interest });
    await insertOutboxRowsWithin(transaction, valid);
    if (queued.length > 0) await insertQueued(transaction, queued);
    if (archived.length > 0) await insertArchivedMail(transaction, archived);
    const untold = new Set([...lost].flatMap(({ events }) => events.flatMap(feedbackOf)));
    const told = suppressions.filter(({ feedbackId }) => feedbackId === null || !untold.has(feedbackId));
    await addSuppressions(transaction, told, now);
    for (const [scope, own] of Map.groupBy(told, (one) => one.scope)) {
      await interest?.suppressed(queryableInScope(transaction, scope), own, now);
    }
    return committedEvents(kept, valid);
  });
}

function committedEvents(recorded: readonly Recorded[], rows: readonly NewOutboxRow[]): CommittedEvents {
  const publishes = rows.some(({ publication }) => publication !== undefined);
  return { events: recorded.flatMap(({ events }) => events), publishes };
}

function without(all: readonly Recorded[], lost: ReadonlySet<Recorded>): Recorded[] {
  return all.filter((one) => !lost.has(one));
}

function feedbackOf(event: MailEvent): string[] {
  return event.type === "BOUNCE" || event.type === "COMPLAINT" ? [event.feedbackId] : [];
}

/** Writes the mail and makes the first events of its messages; also includes the events of other entries. */
async function beginMessages(services: CommitServices, entries: readonly Entry[], now: Date): Promise<Written> {
  const submissions = entries.flatMap((entry) => (entry.kind === "submission" ? [entry.submission] : []));
  const written: Written = { recorded: [], queued: [], archived: [], recipients: new Map() };
  for (const entry of entries) if (entry.kind === "events") written.recorded.push(entry);
  if (submissions.length === 0) return written;
  const [pack, suppressed] = await prepare(services, submissions, now);
  const toArchive: MailToArchive[] = [];
  for (const [index, submission] of submissions.entries()) {
    const { length } = submission.mime;
    const offset = pack.offsets[index];
    if (offset === undefined) throw new Error("the object store returned no place for a message");
    const begun = submission.begin({ key: pack.key, offset, length }, suppressed[index] ?? new Map());
    const { scope } = submission.origin;
    written.recipients.set(scope, (written.recipients.get(scope) ?? 0) + submission.recipients);
    written.recorded.push({ events: begun.events, origin: submission.origin });
    written.queued.push(...begun.queued);
    if (begun.archived) toArchive.push({ ...begun.archived, scope, mime: submission.mime });
  }
  if (toArchive.length > 0) written.archived = await writeToArchives(services.objects, toArchive, now);
  return written;
}

/** Writes the mail and concurrently looks up its suppressed recipients. */
async function prepare(
  { database, objects, suppressionRules }: CommitServices,
  submissions: readonly Submission[],
  now: Date,
): Promise<[PackedFiles, SuppressedRecipients[]]> {
  const lookup = findSuppressed(database, suppressionRules, submissions);
  // If writing fails first, that error is reported.
  lookup.catch(() => {});
  const mail = submissions.map(({ mime }) => mime);
  return [await objects.appendToPack(packPrefix(now), mail), await lookup];
}

/** One folder per day, so that old mail can be removed by folder. */
export function packPrefix(now: Date): string {
  return `mail/${now.toISOString().slice(0, 10).replaceAll("-", "/")}`;
}

/** Settles by worker (a process has one); resolves to the settlements whose worker had lost its claim. */
async function settleAll(transaction: Queryable, settlements: readonly Settlement[]): Promise<Set<Settlement>> {
  const lost = new Set<Settlement>();
  for (const [worker, own] of Map.groupBy(settlements, ({ worker }) => worker)) {
    const settled = await settleQueued(transaction, worker, own);
    for (const settlement of own) if (!settled.has(settlement.id)) lost.add(settlement);
  }
  return lost;
}
