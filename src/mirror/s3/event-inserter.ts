/**
 * Inserts the events of files into the event database directly, without the outbox: files can be read again after a
 * failure, and an event that is inserted twice counts once. While one batch is inserted, the next is collected.
 */
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { MailEvent } from "../../events/event.ts";
import { prefixOf } from "../../events/message-id.ts";
import type { MessageIdPrefixes } from "../../events/message-id-prefixes.ts";
import type { Outbox } from "../../events/outbox.ts";
import { decodeEvents, encodeEvent, recordVersion } from "../../events/record.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { markInsertion, rangeOfMessage } from "../../stores/clickhouse/metric-changes.ts";
import { isRefusedInsert } from "../../stores/clickhouse/refused-insert.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { type MirrorFileProgress, updateMirrorFiles } from "../../stores/postgres/mirror-files.ts";
import { insertOutboxRows } from "../../stores/postgres/outbox.ts";
import type { Arrivals } from "../arrivals.ts";
import type { Ingest } from "../ingest.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { Reading, Seen, Unread } from "../read-records.ts";

export interface InserterServices {
  database: Database;
  events: EventDatabase;
  outbox: Pick<Outbox, "record">;
  prefixes: MessageIdPrefixes;
  ingest: Pick<Ingest, "setAside">;
  arrivals: Arrivals;
  clock: () => Date;
}

/** Inserts events in the order in which they are added. Must not be used after a failure. */
export interface EventInserter {
  /**
   * Adds a part of a file.
   * @param progress the file's progress including this part
   * @throws the stores' errors, for this part or an earlier one
   */
  add(reading: Reading, progress: MirrorFileProgress): Promise<void>;
  /** Resolves once everything that was added is durable. */
  flush(): Promise<void>;
  /** Waits for the insert in progress, and discards the rest. */
  close(): Promise<void>;
}

interface Batch {
  /** Rows for the event database, as bytes: long-lived strings are expensive for the garbage collector. */
  rows: Buffer[];
  events: number;
  bytes: number;
  /** A message ID for each prefix. */
  messageIds: Map<string | undefined, string>;
  /** The ranges of messages that the rows change. */
  ranges: Set<string>;
  /** Bounces and complaints that may add addresses to a suppression list, which only the outbox does. */
  reports: MailEvent[];
  seen: Seen[];
  setAside: Unread[];
  /** By the file's key. */
  files: Map<string, MirrorFileProgress>;
}

/** The limits of a batch. An insert of 1 event costs about as much as one of 1,000. A batch takes about 10 MB. */
const most = { events: 10_000, bytes: 16 << 20, setAside: 1_000 };
/** Events per outbox row, for batches that the event database refuses. */
const linesPerOutboxRow = 500;

const compress = promisify(zstdCompress);

export function createEventInserter(source: MirrorSource, services: InserterServices): EventInserter {
  const { database, events, outbox, prefixes, ingest, arrivals, clock } = services;
  let batch = emptyBatch();
  let inserting: Promise<void> = Promise.resolve();

  return {
    async add(reading, progress) {
      addEvents(reading.events);
      for (const seen of reading.seen) batch.seen.push(seen);
      for (const unread of reading.setAside) {
        batch.setAside.push(unread);
        batch.bytes += unread.text.length;
      }
      batch.files.set(progress.key, progress);
      const { events, bytes, setAside } = batch;
      if (events >= most.events || bytes >= most.bytes || setAside.length >= most.setAside) await next();
    },
    async flush() {
      await next();
      await inserting;
    },
    async close() {
      batch = emptyBatch();
      await inserting.catch(() => {});
    },
  };

  function addEvents(added: readonly MailEvent[]): void {
    const isReport = ({ type }: MailEvent) => source.suppresses && (type === "BOUNCE" || type === "COMPLAINT");
    let lines = "";
    for (const event of added) {
      batch.messageIds.set(prefixOf(event.messageId), event.messageId);
      if (isReport(event)) batch.reports.push(event);
      else {
        lines += encodeEvent(event);
        batch.ranges.add(rangeOfMessage(event.messageId));
      }
    }
    if (lines !== "") batch.rows.push(Buffer.from(lines));
    batch.events += added.length;
    batch.bytes += lines.length;
  }

  /** Starts inserting the batch once the previous one is inserted. */
  async function next(): Promise<void> {
    await inserting;
    inserting = insert(batch);
    // The next `await inserting` throws the error.
    inserting.catch(() => {});
    batch = emptyBatch();
  }

  async function insert({ rows, ranges, messageIds, reports, seen, setAside, files }: Batch): Promise<void> {
    await prefixes.add(messageIds.values());
    await Promise.all([insertRows(rows, ranges), outbox.record(reports), ingest.setAside(source, setAside)]);
    arrivals.saw(source.id, seen);
    await updateMirrorFiles(database, source.id, { files: [...files.values()], now: clock() });
  }

  async function insertRows(rows: readonly Buffer[], ranges: ReadonlySet<string>): Promise<void> {
    if (rows.length === 0) return;
    try {
      await events.insertRows("events", rows);
      await markInsertion(events, ranges);
    } catch (error) {
      if (!isRefusedInsert(error)) throw error;
      // The recorder finds the malformed ones and keeps them in the outbox.
      const lines = Buffer.concat(rows).toString().split("\n");
      await insertThroughOutbox(lines.filter((line) => line !== ""));
    }
  }

  async function insertThroughOutbox(lines: readonly string[]): Promise<void> {
    for (let start = 0; start < lines.length; start += linesPerOutboxRow) {
      const byScope = Map.groupBy(
        lines
          .slice(start, start + linesPerOutboxRow)
          .flatMap((line) => decodeEvents(line).map((row) => ({ row, line }))),
        ({ row }) => row.scope,
      );
      for (const [scope, rows] of byScope) {
        const ids = rows.map(({ row }) => row.message_id).sort();
        const payload = await compress(Buffer.from(rows.map(({ line }) => `${line}\n`).join("")));
        const [firstMessageId = "", lastMessageId = ""] = [ids[0], ids.at(-1)];
        const row = { scope, firstMessageId, lastMessageId, events: rows.length, payload };
        await insertOutboxRows(database, [{ ...row, version: recordVersion, now: clock(), recipients: 0 }]);
      }
    }
  }
}

function emptyBatch(): Batch {
  return {
    ...{ rows: [], ranges: new Set<string>(), events: 0, bytes: 0, messageIds: new Map() },
    ...{ reports: [], seen: [], setAside: [], files: new Map() },
  };
}
