/**
 * Puts the events of files into the event database, past the outbox: the files can be read again after a failure, and an
 * event that is inserted twice counts once. While one batch is inserted, the next is gathered.
 */
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { MailEvent } from "../../events/event.ts";
import type { MessageIdPrefixes } from "../../events/message-id-prefixes.ts";
import type { Outbox } from "../../events/outbox.ts";
import { decodeEvents, encodeEvent, recordVersion } from "../../events/record.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
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

/** Inserts the events of files in the order in which they are added. After a failure it is of no more use. */
export interface EventInserter {
  /**
   * Adds a part of a file.
   * @param progress how far the file is recorded with this part
   * @throws what the stores throw, for this part or an earlier one
   */
  add(reading: Reading, progress: MirrorFileProgress): Promise<void>;
  /** Resolves once all that was added is durable. */
  flush(): Promise<void>;
  /** Waits for the stores; forgets what is not inserted. */
  close(): Promise<void>;
}

interface Batch {
  lines: string[];
  characters: number;
  messageIds: string[];
  /** Bounces and complaints that may add addresses to a suppression list: only the outbox does. */
  reports: MailEvent[];
  seen: Seen[];
  setAside: Unread[];
  /** By key. */
  files: Map<string, MirrorFileProgress>;
}

/** An insert costs about as much for 1 event as for 1,000; a batch takes about 10 MB. */
const most = { lines: 10_000, characters: 16 << 20, setAside: 1_000 };
/** Rows of the outbox for events that the event database refuses. */
const linesPerOutboxRow = 500;

const compress = promisify(zstdCompress);

export function createEventInserter(source: MirrorSource, services: InserterServices): EventInserter {
  const { database, events, outbox, prefixes, ingest, arrivals, clock } = services;
  let batch = emptyBatch();
  let inserting: Promise<void> = Promise.resolve();

  return {
    async add(reading, progress) {
      for (const event of reading.events) addEvent(event);
      for (const seen of reading.seen) batch.seen.push(seen);
      for (const unread of reading.setAside) batch.setAside.push(unread);
      batch.files.set(progress.key, progress);
      const { lines, characters, setAside } = batch;
      if (lines.length >= most.lines || characters >= most.characters || setAside.length >= most.setAside) await next();
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

  function addEvent(event: MailEvent): void {
    if (source.suppresses && (event.type === "BOUNCE" || event.type === "COMPLAINT")) {
      batch.reports.push(event);
      return;
    }
    const line = encodeEvent(event);
    batch.lines.push(line);
    batch.characters += line.length;
    batch.messageIds.push(event.messageId);
  }

  /** Begins to insert the batch once the one before is inserted. */
  async function next(): Promise<void> {
    await inserting;
    inserting = insert(batch);
    // Whoever waits next gets the failure.
    inserting.catch(() => {});
    batch = emptyBatch();
  }

  async function insert({ lines, messageIds, reports, seen, setAside, files }: Batch): Promise<void> {
    await prefixes.add(messageIds);
    await prefixes.add(reports.map(({ messageId }) => messageId));
    await Promise.all([insertLines(lines), outbox.record(reports), ingest.setAside(source, setAside)]);
    arrivals.saw(source.id, seen);
    await updateMirrorFiles(database, source.id, { files: [...files.values()], now: clock() });
  }

  async function insertLines(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await events.insertRows("events", [Buffer.from(lines.join(""))]);
    } catch (error) {
      if (!isRefusedInsert(error)) throw error;
      // The recorder finds those that are malformed, and keeps them in the outbox.
      await insertThroughOutbox(lines);
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
        const payload = await compress(Buffer.from(rows.map(({ line }) => line).join("")));
        const [firstMessageId = "", lastMessageId = ""] = [ids[0], ids.at(-1)];
        const row = { scope, firstMessageId, lastMessageId, events: rows.length, payload };
        await insertOutboxRows(database, [{ ...row, version: recordVersion, now: clock(), recipients: 0 }]);
      }
    }
  }
}

function emptyBatch(): Batch {
  return { lines: [], characters: 0, messageIds: [], reports: [], seen: [], setAside: [], files: new Map() };
}
