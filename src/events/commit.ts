/**
 * One commit of the outbox, which is atomic:
 * - Mail is appended to a pack in the object store, since a file per mail costs more than the mail itself. If the
 *   commit fails, nothing refers to that part of the pack.
 * - One query per list finds the recipients on a suppression list. It runs after the requests arrived, so that changes
 *   acknowledged before them count.
 * - Events become one row of the outbox table, in the format that the event database reads.
 * - Deliveries are added to the send queue; settled ones are removed from it or updated.
 * - Hard bounces and complaints add addresses to the suppression lists.
 */
import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdCompress, zstdCompressSync } from "node:zlib";
import type { ObjectStore, PackedFiles } from "../stores/objects/object-store.ts";
import type { Database, Queryable } from "../stores/postgres/database.ts";
import { insertOutboxRow, insertOutboxRowWithin, type NewOutboxRow } from "../stores/postgres/outbox.ts";
import { insertQueued, type NewQueuedMail, type SettledMail, settleQueued } from "../stores/postgres/send-queue.ts";
import { addSuppressions } from "../stores/postgres/suppressed-destinations.ts";
import type { MailEvent, MailLocation } from "./event.ts";
import { encodeEvent, recordVersion } from "./record.ts";
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

export interface CommitServices {
  database: Database;
  objects: ObjectStore;
  suppressionRules: SuppressionRules;
  clock: () => Date;
}

/** In bytes. Compressing more would block the event loop for more than about a millisecond. */
const compressInlineBelow = 512 * 1024;

/** Level 1 compresses 35 KB of events to 4.3 KB in 56 us; the default level is slower and no smaller. */
const compression: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const compressInBackground: (bytes: Uint8Array, options: ZstdOptions) => Promise<Uint8Array> = promisify(zstdCompress);

/** What a commit writes, besides settlements. */
interface Written {
  recorded: Recorded[];
  queued: NewQueuedMail[];
  recipients: number;
}

/**
 * Commits the entries together; resolves to the committed events. Throws if nothing was committed, as far as is known.
 */
export async function commitEntries(services: CommitServices, entries: readonly Entry[]): Promise<MailEvent[]> {
  const { database } = services;
  const now = services.clock();
  const settlements = entries.flatMap((entry) => (entry.kind === "settlement" ? [entry.settlement] : []));
  const { queued, recorded, recipients } = await beginMessages(services, entries, now);
  const all = [...recorded, ...settlements];
  // Before the transaction: rules may query the database, and an embedded one has a single connection.
  const suppressions = await automaticSuppressions(services.suppressionRules, all, now);
  const row = await outboxRow(all, recipients, now);
  if (row && settlements.length + queued.length + suppressions.length === 0) {
    await insertOutboxRow(database, row);
    return eventsOf(all);
  }
  return database.transaction(async (transaction) => {
    const lost = await settleAll(transaction, settlements);
    const kept = without(all, lost);
    const valid = lost.size === 0 ? row : await outboxRow(kept, recipients, now);
    if (valid) await insertOutboxRowWithin(transaction, valid);
    if (queued.length > 0) await insertQueued(transaction, queued);
    const untold = new Set([...lost].flatMap(({ events }) => events.flatMap(feedbackOf)));
    const told = suppressions.filter(({ feedbackId }) => feedbackId === null || !untold.has(feedbackId));
    await addSuppressions(transaction, told, now);
    return eventsOf(kept);
  });
}

function eventsOf(recorded: readonly Recorded[]): MailEvent[] {
  return recorded.flatMap(({ events }) => events);
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
  const written: Written = { recorded: [], queued: [], recipients: 0 };
  for (const entry of entries) if (entry.kind === "events") written.recorded.push(entry);
  if (submissions.length === 0) return written;
  const [pack, suppressed] = await prepare(services, submissions, now);
  for (const [index, submission] of submissions.entries()) {
    const { length } = submission.mime;
    const offset = pack.offsets[index];
    if (offset === undefined) throw new Error("the object store returned no place for a message");
    const begun = submission.begin({ key: pack.key, offset, length }, suppressed[index] ?? new Map());
    written.recipients += submission.recipients;
    written.recorded.push({ events: begun.events, origin: submission.origin });
    written.queued.push(...begun.queued);
  }
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

/** The row of the outbox table; undefined if there are no events. */
async function outboxRow(
  recorded: readonly Recorded[],
  recipients: number,
  now: Date,
): Promise<NewOutboxRow | undefined> {
  let lines = "";
  let events = 0;
  let firstMessageId: string | undefined;
  let lastMessageId: string | undefined;
  for (const { events: own } of recorded) {
    for (const event of own) {
      lines += encodeEvent(event);
      if (firstMessageId === undefined || event.messageId < firstMessageId) firstMessageId = event.messageId;
      if (lastMessageId === undefined || event.messageId > lastMessageId) lastMessageId = event.messageId;
      events++;
    }
  }
  if (firstMessageId === undefined || lastMessageId === undefined) return undefined;
  const bytes = Buffer.from(lines);
  const payload =
    bytes.length < compressInlineBelow
      ? zstdCompressSync(bytes, compression)
      : await compressInBackground(bytes, compression);
  return { firstMessageId, lastMessageId, events, payload, version: recordVersion, now, recipients };
}
