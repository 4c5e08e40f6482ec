/**
 * The outbox: what makes an answer durable. Requests that wait together are committed together (group commit):
 * - their mail goes into a pack of the object store, since a file each costs more than the mail itself;
 * - one query (of each list) tells which recipients are on a suppression list: asked after the requests came, so what
 *   was answered before counts;
 * - their events go into one row of the outbox table, as the bytes that the event database will read;
 * - hard bounces and complaints among them put addresses on the suppression lists in the same transaction;
 * - only then are they answered. Mail whose row was never committed is a part of a pack that nothing refers to.
 * Measured on 2 cores with PGlite: a row of 40 KB takes 0.6 ms, of 100 bytes 0.15 ms; hence one row and zstd.
 */
import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdCompress, zstdCompressSync } from "node:zlib";
import type { ObjectStore, PackedFile } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { insertOutboxRow, insertOutboxRowWithin } from "../stores/postgres/outbox.ts";
import { addSuppressions } from "../stores/postgres/suppressed-destinations.ts";
import type { MailEvent, MailLocation } from "./event.ts";
import { encodeEvent } from "./record.ts";
import {
  type Addressed,
  automaticSuppressions,
  findSuppressed,
  type MessageOrigin,
  type Recorded,
  type SuppressedRecipients,
  type SuppressionRules,
} from "./suppression.ts";

/** An accepted message on its way to the disk. */
export interface Submission extends Addressed {
  messageId: string;
  /** The message as it would go over the wire. */
  mime: Uint8Array;
  /** How many of its recipients count towards the sending quota. */
  recipients: number;
  /** Makes the message's first events, once it is known where the mail will lie, and who is not to get it. */
  events(location: MailLocation, suppressed: SuppressedRecipients): readonly MailEvent[];
}

/** Takes messages and events, and resolves once they would survive the end of this process. */
export interface Outbox {
  /** Commits a message with its first events. */
  submit(submission: Submission): Promise<void>;
  /**
   * Commits events of messages that exist already. A hard bounce or a complaint puts its address on the suppression list in
   * the same transaction, by the rule for the message's `origin`; its SEND among the events tells that, too.
   */
  record(events: readonly MailEvent[], origin?: MessageOrigin): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  submission: Submission | undefined;
  events: readonly MailEvent[];
  origin: MessageOrigin | undefined;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** At most so many requests, and so many bytes of mail, share a commit. */
const batchLimit = { entries: 500, bytes: 8 << 20 };

/**
 * While one commit waits for the server, the next may collect and start. PGlite runs on this thread: there a second one
 * would gain nothing, and halve the batches.
 */
const commitsInFlight = { embedded: 1, server: 2 };

/** A stream of requests that never pauses does not hold up those that came first for longer, in milliseconds. */
const longestGatheringMs = 5;

/** Above this many bytes compressing would hold up the event loop for more than about a millisecond. */
const compressInlineBelow = 512 * 1024;

/** Level 1 makes 35 KB of events into 4.3 KB in 56 us; the default level is slower and no smaller. */
const compression: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const compressInBackground: (bytes: Uint8Array, options: ZstdOptions) => Promise<Uint8Array> = promisify(zstdCompress);

/** Opens the outbox. `committed` is called after each commit, so that the recorder need not wait for its next look. */
export function createOutbox(services: {
  database: Database;
  objects: ObjectStore;
  suppressionRules: SuppressionRules;
  clock: () => Date;
  committed: () => void;
}): Outbox {
  const { database, objects, suppressionRules, clock, committed } = services;
  const waiting: Waiting[] = [];
  let inFlight = 0;
  let scheduled = false;
  let idleListeners: (() => void)[] = [];

  return {
    submit: (submission) => enqueue({ submission, events: [], origin: submission.origin }),
    record: (events, origin) =>
      events.length === 0 ? Promise.resolve() : enqueue({ submission: undefined, events, origin }),
    idle: () =>
      inFlight === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleListeners.push(resolve);
          }),
  };

  function enqueue(entry: Omit<Waiting, "resolve" | "reject">): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ ...entry, resolve, reject });
      schedule();
    });
  }

  /**
   * Starts a commit once a turn of the event loop has brought no further request: under load a batch then holds what all
   * connections have sent, and a single request waits for one idle turn only.
   */
  function schedule(): void {
    if (scheduled || inFlight >= commitsInFlight[database.kind] || waiting.length === 0) return;
    scheduled = true;
    gather(waiting.length, performance.now() + longestGatheringMs);
  }

  function gather(seen: number, deadline: number): void {
    setImmediate(() => {
      const grown = waiting.length > seen;
      if (grown && waiting.length < batchLimit.entries && performance.now() < deadline) {
        gather(waiting.length, deadline);
        return;
      }
      scheduled = false;
      run(takeBatch());
      schedule();
    });
  }

  function run(batch: readonly Waiting[]): void {
    inFlight++;
    commit(batch)
      .then(
        () => {
          for (const entry of batch) entry.resolve();
          committed();
        },
        (error: unknown) => {
          for (const entry of batch) entry.reject(error);
        },
      )
      .finally(() => {
        inFlight--;
        schedule();
        if (inFlight > 0 || waiting.length > 0) return;
        for (const listener of idleListeners) listener();
        idleListeners = [];
      });
  }

  function takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && count < batchLimit.entries && bytes < batchLimit.bytes) {
      bytes += waiting[count]?.submission?.mime.length ?? 0;
      count++;
    }
    return waiting.splice(0, count);
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    const now = clock();
    const submissions = batch.flatMap(({ submission }) => (submission ? [submission] : []));
    const [pack, suppressed] = submissions.length > 0 ? await prepare(submissions, now) : [undefined, []];
    let offset = pack?.offset ?? 0;
    let lines = "";
    let events = 0;
    let recipients = 0;
    let first: string | undefined;
    let last: string | undefined;
    let submitted = 0;
    const recorded: Recorded[] = [];
    for (const { submission, events: given, origin } of batch) {
      let own = given;
      if (submission && pack) {
        const { length } = submission.mime;
        own = submission.events({ key: pack.key, offset, length }, suppressed[submitted++] ?? new Map());
        offset += length;
        recipients += submission.recipients;
      }
      recorded.push({ events: own, origin });
      for (const event of own) {
        lines += encodeEvent(event);
        if (first === undefined || event.messageId < first) first = event.messageId;
        if (last === undefined || event.messageId > last) last = event.messageId;
        events++;
      }
    }
    if (first === undefined || last === undefined) return;
    const bytes = Buffer.from(lines);
    const payload =
      bytes.length < compressInlineBelow
        ? zstdCompressSync(bytes, compression)
        : await compressInBackground(bytes, compression);
    const row = { firstMessageId: first, lastMessageId: last, events, payload, now, recipients };
    const added = await automaticSuppressions(suppressionRules, recorded, now);
    if (added.length === 0) {
      await insertOutboxRow(database, row);
    } else {
      await database.transaction(async (transaction) => {
        await insertOutboxRowWithin(transaction, row);
        await addSuppressions(transaction, added, now);
      });
    }
  }

  /** Writes the mail and, meanwhile, asks who is not to get it. */
  async function prepare(submissions: readonly Submission[], now: Date): Promise<[PackedFile, SuppressedRecipients[]]> {
    const lookup = findSuppressed(database, suppressionRules, submissions);
    // Where writing fails first, that is the failure to tell.
    lookup.catch(() => {});
    const mail = submissions.map(({ mime }) => mime);
    return [await objects.appendToPack(packPrefix(now), mail), await lookup];
  }
}

/** By day, so that mail can be removed by age folder by folder. */
function packPrefix(now: Date): string {
  return `mail/${now.toISOString().slice(0, 10).replaceAll("-", "/")}`;
}
