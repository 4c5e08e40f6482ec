/** Lists a source's set-aside records, and reads them again. */
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
  /** How many records could be read and were removed. */
  readonly read: number;
  /** How many events these records contained. */
  readonly events: number;
  /** How many records still can't be read. */
  readonly left: number;
  /** The ID of the last record of this call, from which the next call continues; undefined at the end. */
  readonly next: number | undefined;
}

const decompress = promisify(zstdDecompress);
/** In bytes; longer than any set-aside record. */
const longestText = 16 << 20;
/** Few, because up to 32 MB are in memory at a time. */
const pageRecords = 16;
/** The most records that one call reads again, so that it ends. */
const mostRecords = 4_000;

/** A page of a source's records after the one with the ID `after`, oldest first. */
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

/** Reads a source's records again with its current settings. Readable records are recorded and removed; others stay. */
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

/** Whether the text as a whole would be set aside again. If only a part of it is, that part gets its own row. */
function isUnread({ events, setAside, validations, metrics }: Reading, text: string): boolean {
  const isEmpty = events.length === 0 && validations === 0 && metrics === 0;
  return setAside.length > 0 && (isEmpty || setAside.some((one) => one.text === text));
}
