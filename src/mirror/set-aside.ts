/** The records of a source that could not be read: lists them, and reads them again. */
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { Database } from "../stores/postgres/database.ts";
import { deleteSetAside, type StoredSetAside, selectSetAside } from "../stores/postgres/mirror-set-aside.ts";
import type { Ingest } from "./ingest.ts";
import type { MirrorSource } from "./mirror-source.ts";
import type { Reading, RecordReader } from "./read-records.ts";

export interface SetAsideRecord extends Pick<StoredSetAside, "id" | "reason" | "receivedAt" | "times"> {
  readonly text: string;
}

export interface Replayed {
  /** Records that could be read, and were removed. */
  readonly read: number;
  /** The events in them. */
  readonly events: number;
  /** Records that still can't be read. */
  readonly left: number;
  /** The record after which a next call goes on; undefined at the end. */
  readonly next: number | undefined;
}

const decompress = promisify(zstdDecompress);
/** In bytes: longer than any record that is put aside. */
const longestText = 16 << 20;
/** A page has up to 32 MB, so that a few are in memory at a time. */
const pageRecords = 16;
/** How many records a call reads again, so that it ends. */
const mostRecords = 4_000;

/** A page of a source's records after the record `after`, oldest first. */
export async function listSetAside(
  database: Database,
  source: string,
  page: { after: number; limit: number },
): Promise<SetAsideRecord[]> {
  const rows = await selectSetAside(database, source, page);
  const records: SetAsideRecord[] = [];
  for (const { id, reason, receivedAt, times, payload } of rows) {
    const text = (await decompress(payload, { maxOutputLength: longestText })).toString("utf8");
    records.push({ id, reason, receivedAt, times, text });
  }
  return records;
}

/** Reads the records of a source again, as it is set now. What can be read is recorded and removed; the rest stays. */
export async function replaySetAside(
  services: { database: Database; reader: Pick<RecordReader, "read">; ingest: Pick<Ingest, "record"> },
  source: MirrorSource,
  after: number,
): Promise<Replayed> {
  const { database, reader, ingest } = services;
  const total = { read: 0, events: 0, left: 0 };
  let last = after;
  for (let seen = 0; seen < mostRecords; ) {
    const page = await listSetAside(database, source.id, { after: last, limit: pageRecords });
    if (page.length === 0) return { ...total, next: undefined };
    const readable: number[] = [];
    for (const { id, text } of page) {
      const reading = await reader.read(source, [Buffer.from(text)]);
      if (isUnread(reading, text)) continue;
      await ingest.record(source, reading);
      readable.push(id);
      total.events += reading.seen.length;
    }
    await deleteSetAside(database, source.id, readable);
    total.read += readable.length;
    total.left += page.length - readable.length;
    seen += page.length;
    last = page.at(-1)?.id ?? last;
  }
  return { ...total, next: last };
}

/** Whether the text as a whole would be put aside again. A part of it may be, in a row of its own. */
function isUnread({ events, setAside, validations, metrics }: Reading, text: string): boolean {
  const isEmpty = events.length === 0 && validations === 0 && metrics === 0;
  return setAside.length > 0 && (isEmpty || setAside.some((one) => one.text === text));
}
