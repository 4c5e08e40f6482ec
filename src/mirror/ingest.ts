/** Records what a source receives: events go through the outbox, unreadable records are set aside. */
import { hash } from "node:crypto";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import type { MessageIdPrefixes } from "../events/message-id-prefixes.ts";
import type { Outbox } from "../events/outbox.ts";
import type { Database } from "../stores/postgres/database.ts";
import { insertSetAside } from "../stores/postgres/mirror-set-aside.ts";
import type { Arrivals } from "./arrivals.ts";
import type { MirrorSource } from "./mirror-source.ts";
import type { Reading, RecordReader, Unread } from "./read-records.ts";

export interface IngestServices {
  database: Database;
  outbox: Outbox;
  prefixes: MessageIdPrefixes;
  reader: Pick<RecordReader, "read">;
  arrivals: Arrivals;
  clock: () => Date;
}

/** How many records were of each kind. */
export interface Taken {
  readonly events: number;
  readonly setAside: number;
  readonly validations: number;
  readonly metrics: number;
}

export interface Ingest {
  /**
   * Records the events in records of a source. Once this resolves, the events are durable and may be acknowledged.
   * Rejects if the database does; then nothing may be acknowledged.
   */
  take(source: MirrorSource, records: Iterable<Uint8Array>): Promise<Taken>;
  /** Like `take`, for records that have been read. */
  record(source: MirrorSource, reading: Reading): Promise<void>;
  /** Sets unreadable records aside, for callers that record the events of a reading in another way. */
  setAside(source: MirrorSource, records: readonly Unread[]): Promise<void>;
}

/** The most records that are set aside for a source. */
const mostSetAside = 100_000;

const compress = promisify(zstdCompress);

export function createIngest({ database, outbox, prefixes, reader, arrivals, clock }: IngestServices): Ingest {
  return {
    async take(source, records) {
      const reading = await reader.read(source, records);
      await record(source, reading);
      return {
        events: reading.seen.length,
        setAside: reading.setAside.length,
        validations: reading.validations,
        metrics: reading.metrics,
      };
    },
    record,
    setAside,
  };

  async function record(source: MirrorSource, reading: Reading): Promise<void> {
    await prefixes.add(reading.events.map(({ messageId }) => messageId));
    await Promise.all([outbox.record(reading.events), setAside(source, reading.setAside)]);
    tell(source, reading);
  }

  async function setAside(source: MirrorSource, records: readonly Unread[]): Promise<void> {
    const rows = await Promise.all(
      records.map(async ({ text, reason }) => {
        const bytes = Buffer.from(text);
        // A record may contain NUL, which PostgreSQL's text type can't store.
        const told = reason.replaceAll("\0", "\ufffd");
        return { digest: hash("sha256", bytes, "buffer"), reason: told, payload: await compress(bytes) };
      }),
    );
    await insertSetAside(database, source.id, rows, { now: clock(), limit: mostSetAside });
  }

  function tell(source: MirrorSource, { seen, validations }: Reading): void {
    arrivals.saw(source.id, seen);
    const now = clock();
    arrivals.note(source.id, { receivedAt: now, ...(validations > 0 && { validatedAt: now, error: null }) });
  }
}
