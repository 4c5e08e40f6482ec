/** Records what a source brings: its events through the outbox, what can't be read beside them. */
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

/** How much of each kind was in the records. */
export interface Taken {
  readonly events: number;
  readonly setAside: number;
  readonly validations: number;
  readonly metrics: number;
}

export interface Ingest {
  /**
   * Records the events in some records of a source. Once it resolves, all of them are durable, and the sender may be told
   * so. Rejects if the database does: nothing may be acknowledged then.
   */
  take(source: MirrorSource, records: Iterable<Uint8Array>): Promise<Taken>;
  /** Records what was read, as `take` does. */
  record(source: MirrorSource, reading: Reading): Promise<void>;
  /** Keeps records that can't be read, for who records the events of a reading by other means. */
  setAside(source: MirrorSource, records: readonly Unread[]): Promise<void>;
}

/** How many records of a source are kept that can't be read. */
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
        // PostgreSQL's texts have no NUL, which a record may.
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
