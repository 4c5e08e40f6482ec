/**
 * One commit of the outbox, which is atomic:
 * - Mail is appended to a pack in the object store, since a file per mail costs more than the mail itself. If the
 *   commit fails, nothing refers to that part of the pack.
 * - One query per list finds the recipients on a suppression list. It runs after the requests arrived, so that changes
 *   acknowledged before them count.
 * - Events become one row of the outbox table, in the format that the event database reads.
 * - Events that a target of publishing may want become one row of the publications table.
 * - Deliveries are added to the send queue; settled ones are removed from it or updated.
 * - Hard bounces and complaints add addresses to the suppression lists.
 */
import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdCompress, zstdCompressSync } from "node:zlib";
import type { ObjectStore, PackedFiles } from "../stores/objects/object-store.ts";
import { type Database, type Queryable, queryableInScope, type ScopedQueryable } from "../stores/postgres/database.ts";
import {
  insertOutboxRow,
  insertOutboxRowWithin,
  type NewOutboxRow,
  type NewPublication,
} from "../stores/postgres/outbox.ts";
import { insertQueued, type NewQueuedMail, type SettledMail, settleQueued } from "../stores/postgres/send-queue.ts";
import { addSuppressions, type SuppressedDestination } from "../stores/postgres/suppressed-destinations.ts";
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
  const { queued, recorded, recipients } = await beginMessages(services, entries, now);
  const all = [...recorded, ...settlements];
  // Before the transaction: rules may query the database, and an embedded one has a single connection.
  const suppressions = await automaticSuppressions(services.suppressionRules, all, now);
  const interest = await services.interest();
  const rows = await rowsOf(all, { recipients, now, interest });
  if (rows && settlements.length + queued.length + suppressions.length === 0) {
    await insertOutboxRow(database, rows.outbox, rows.publication);
    return committedEvents(all, rows);
  }
  return database.transaction(async (transaction) => {
    const lost = await settleAll(transaction, settlements);
    const kept = without(all, lost);
    const valid = lost.size === 0 ? rows : await rowsOf(kept, { recipients, now, interest });
    if (valid) await insertOutboxRowWithin(transaction, valid.outbox, valid.publication);
    if (queued.length > 0) await insertQueued(transaction, queued);
    const untold = new Set([...lost].flatMap(({ events }) => events.flatMap(feedbackOf)));
    const told = suppressions.filter(({ feedbackId }) => feedbackId === null || !untold.has(feedbackId));
    await addSuppressions(transaction, told, now);
    for (const [scope, own] of Map.groupBy(told, (one) => one.scope)) {
      await interest?.suppressed(queryableInScope(transaction, scope), own, now);
    }
    return committedEvents(kept, valid);
  });
}

function committedEvents(recorded: readonly Recorded[], rows: CommitRows | undefined): CommittedEvents {
  return { events: recorded.flatMap(({ events }) => events), publishes: rows?.publication !== undefined };
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

interface CommitRows {
  outbox: NewOutboxRow;
  publication: NewPublication | undefined;
}

/** The rows for the events of a commit; undefined if there are no events. */
async function rowsOf(
  recorded: readonly Recorded[],
  { recipients, now, interest }: { recipients: number; now: Date; interest: Interest | undefined },
): Promise<CommitRows | undefined> {
  const all = new EventLines();
  const wanted = new EventLines();
  for (const one of recorded) {
    const target = interest?.wants(one) ? wanted : undefined;
    for (const event of one.events) {
      const line = encodeEvent(event);
      all.add(event, line);
      target?.add(event, line);
    }
  }
  const { firstMessageId, lastMessageId, events } = all;
  if (firstMessageId === undefined || lastMessageId === undefined) return undefined;
  const payload = await compressed(all.lines);
  const outbox = { firstMessageId, lastMessageId, events, payload, version: recordVersion, now, recipients };
  if (wanted.events === 0) return { outbox, publication: undefined };
  // Mostly all messages of a commit are of interest, or none is.
  const own = wanted.events === events ? payload : await compressed(wanted.lines);
  return { outbox, publication: { events: wanted.events, sent: wanted.sent, payload: own } };
}

/** Encoded events and what their rows say about them. */
class EventLines {
  lines = "";
  events = 0;
  firstMessageId: string | undefined;
  lastMessageId: string | undefined;
  /** The times of the SENDs' messages, in milliseconds. */
  sent: { from: number; to: number } | undefined;

  add({ messageId, type, sentAt }: MailEvent, line: string): void {
    this.lines += line;
    this.events++;
    if (this.firstMessageId === undefined || messageId < this.firstMessageId) this.firstMessageId = messageId;
    if (this.lastMessageId === undefined || messageId > this.lastMessageId) this.lastMessageId = messageId;
    if (type !== "SEND") return;
    const time = sentAt.getTime();
    const { from, to } = this.sent ?? { from: time, to: time };
    this.sent = { from: Math.min(from, time), to: Math.max(to, time) };
  }
}

async function compressed(lines: string): Promise<Uint8Array> {
  const bytes = Buffer.from(lines);
  return bytes.length < compressInlineBelow
    ? zstdCompressSync(bytes, compression)
    : await compressInBackground(bytes, compression);
}
