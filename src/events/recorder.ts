/**
 * The recorder moves committed events from the outbox to the event database, in batches.
 *
 *   idle --(a commit, or the poll for other processes' commits)--> record a batch --(more left)--> record ...
 *
 * A lease limits recording to one process at a time. If two processes record all the same (because a lease expired
 * during a long insert), or a process ends between the insert and the delete, a batch is inserted twice. That is
 * harmless: rows with the same ID merge, and the aggregated state consists of minima and maxima.
 */
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import { createBackoff } from "../common/backoff.ts";
import { MalformedData, UnknownVersion } from "../common/parse-data.ts";
import { readStoredText } from "../common/stored-text.ts";
import { isWholeZstdFrame } from "../common/zstd-frame.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { isRefusedInsert } from "../stores/clickhouse/refused-insert.ts";
import type { Database } from "../stores/postgres/database.ts";
import { createKeptLease } from "../stores/postgres/leases.ts";
import {
  countOutboxEvents,
  deleteOutboxRows,
  type OutboxRow,
  oldestOutboxRows,
  outboxSpan,
  refuseOutboxEvents,
  refuseOutboxRow,
  takeUpOutboxRows,
  vacuumOutbox,
} from "../stores/postgres/outbox.ts";
import { createDrainWatch } from "./drain-watch.ts";
import { recordVersion, unknownRecordVersion } from "./record.ts";

/** Moves events in the background until stopped. */
export interface Recorder {
  /** Signals that there may be new rows, and how many events they have if that is known. */
  wake(events?: number): void;
  /**
   * Resolves once everything committed before the call is in the event database, whichever process moved it. Rejects
   * with the reason of `signal` if that aborts first.
   */
  drained(signal?: AbortSignal): Promise<void>;
  /** Finishes the current batch and stops. */
  stop(): Promise<void>;
}

export interface RecorderLog {
  error(details: object, message: string): void;
}

/** ClickHouse is efficient with few large inserts; a batch takes about 12 MB of JSON. */
const eventsPerBatch = 20_000;
/**
 * How long commits are gathered before they are moved, unless they fill a batch: an insert costs about as much for 1
 * event as for 1,000. Callers of `drained` (an export, a metric) don't wait for this.
 */
const gatherMs = 1_000;
/** How many events wait in the outbox until an event database that is opened when it is needed is opened for them. */
const eventsBeforeOpening = 2_000;
/** How often to look for commits of other processes. */
const pollMs = 1_000;
const leaseSeconds = 15;
const pauses = { firstMs: 100, longestMs: 10_000 };
/** The number of deletes after which PGlite's dead rows are vacuumed. */
const vacuumEvery = 5_000;

const urgency = { commit: 1, fullBatch: 2, waiter: 2, stop: 3 };

const compress = promisify(zstdCompress);

export function startRecorder(services: { database: Database; events: EventDatabase; log: RecorderLog }): Recorder {
  const { database, events, log } = services;
  const lease = createKeptLease(database, { name: "recorder", holder: randomUUID(), seconds: leaseSeconds });
  let stopping = false;
  // The urgency: a commit ends idling, a full batch or a waiting caller also ends gathering, a stop ends every pause.
  let pressing = urgency.commit;
  /** How many events this process has committed that were not read since. */
  let gathered = 0;
  let rouse: () => void = () => {};
  let deleted = 0;
  let tookUp = false;
  /** The batch after the one that is being inserted, if that was a full one. */
  let ahead: Promise<OutboxRow[]> | undefined;
  const drained = createDrainWatch({ span: () => outboxSpan(database), hurry: () => press(urgency.waiter) });
  const running = run();

  return {
    wake(committed = 0) {
      gathered += committed;
      press(gathered >= eventsPerBatch ? urgency.fullBatch : urgency.commit);
    },
    drained,
    async stop() {
      stopping = true;
      press(urgency.stop);
      await running;
      await lease.release();
    },
  };

  function press(urgency: number): void {
    pressing = Math.max(pressing, urgency);
    rouse();
  }

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    while (!stopping) {
      try {
        const isUrgent = pressing >= urgency.waiter;
        pressing = 0;
        if (!isUrgent && (await canWait())) {
          await pause(gatherMs, urgency.waiter);
          continue;
        }
        const moved = await recordBatch();
        // Without rows, those of this process were moved by another one.
        gathered = moved === 0 ? 0 : Math.max(0, gathered - moved);
        backoff.reset();
        if (moved === 0) await pause(pollMs, urgency.commit);
        else if (moved < eventsPerBatch) await pause(gatherMs, urgency.waiter);
      } catch (error) {
        const pauseMs = backoff.next();
        log.error({ err: error, retryInMs: pauseMs }, "recording events failed; they stay in the outbox");
        await pause(pauseMs, urgency.stop);
      }
    }
  }

  /** Waits `ms`, or until the urgency reaches `until`, now or since the last batch began. */
  async function pause(ms: number, until: number): Promise<void> {
    if (stopping || pressing >= until) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        if (pressing < until) return;
        clearTimeout(timer);
        resolve();
      };
    });
    rouse = () => {};
  }

  /** Whether the event database has not been opened, and need not be yet. */
  async function canWait(): Promise<boolean> {
    return events.isUnused() && (await countOutboxEvents(database)) < eventsBeforeOpening;
  }

  /** Moves the oldest batch; resolves to the number of events moved. */
  async function recordBatch(): Promise<number> {
    if (!(await lease.hold())) return 0;
    await takeUp();
    const rows = await nextRows();
    if (rows.length === 0) return 0;
    if (isFull(rows)) readAhead(rows);
    await insert(rows);
    if (database.kind === "embedded" && deleted >= vacuumEvery) {
      deleted = 0;
      await vacuumOutbox(database);
    }
    return eventsOf(rows);
  }

  /** The rows that were read ahead if they are a full batch, or else the oldest. */
  async function nextRows(): Promise<OutboxRow[]> {
    const read = ahead;
    ahead = undefined;
    const rows = (await read) ?? [];
    return isFull(rows) ? rows : oldestOutboxRows(database, eventsPerBatch);
  }

  /** Reads the next batch while this one is inserted. */
  function readAhead(inserting: readonly OutboxRow[]): void {
    ahead = oldestOutboxRows(
      database,
      eventsPerBatch,
      inserting.map(({ id }) => id),
    );
    // The next `await` throws the error.
    ahead.catch(() => {});
  }

  /** Once: takes up rows that an older version of the program set aside because it didn't know their format version. */
  async function takeUp(): Promise<void> {
    if (tookUp) return;
    await takeUpOutboxRows(database, recordVersion, unknownRecordVersion(recordVersion).message);
    tookUp = true;
  }

  /** Inserts the rows and deletes them from the outbox. If one of several is rejected, finds it by bisection. */
  async function insert(rows: readonly OutboxRow[]): Promise<void> {
    try {
      await events.insertRows("events", rows.map(payloadOf), "zstd");
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [only] = rows;
      if (rows.length === 1 && only) return setAside(only, error);
      await insert(rows.slice(0, rows.length >> 1));
      await insert(rows.slice(rows.length >> 1));
      return;
    }
    await deleteOutboxRows(
      database,
      rows.map((row) => row.id),
    );
    deleted += rows.length;
  }

  /** Inserts the events of a rejected row that are not malformed, and sets the others aside. */
  async function setAside(row: OutboxRow, refusal: Error): Promise<void> {
    const lines = await linesOf(row);
    const refused = await insertLines(lines, refusal);
    const [first] = refused;
    if (lines.length === 0 || refused.length === lines.length) {
      log.error({ err: refusal, outboxId: row.id }, "a row of the outbox can't be recorded; it is put aside");
      await refuseOutboxRow(database, row.id, refusal.message);
    } else if (first) {
      const { error } = first;
      const events = refused.length;
      log.error({ err: error, outboxId: row.id, events }, "events can't be recorded; they are put aside");
      const payload = await compress(Buffer.concat(refused.map(({ line }) => line)));
      await refuseOutboxEvents(database, { id: row.id, events, payload }, error.message);
    } else {
      await deleteOutboxRows(database, [row.id]);
    }
  }

  /** Inserts lines that were rejected together, as far as they are valid; resolves to the others. */
  async function insertLines(lines: readonly Buffer[], refusal: Error): Promise<RefusedLine[]> {
    const [only] = lines;
    if (lines.length === 1 && only) return [{ line: only, error: refusal }];
    const refused: RefusedLine[] = [];
    for (const half of [lines.slice(0, lines.length >> 1), lines.slice(lines.length >> 1)]) {
      if (half.length === 0) continue;
      try {
        await events.insertRows("events", half);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused.push(...(await insertLines(half, error)));
      }
    }
    return refused;
  }
}

function eventsOf(rows: readonly OutboxRow[]): number {
  return rows.reduce((sum, row) => sum + row.events, 0);
}

function isFull(rows: readonly OutboxRow[]): boolean {
  return eventsOf(rows) >= eventsPerBatch;
}

/** An event that the event database rejects, as its line with the line break. */
interface RefusedLine {
  readonly line: Buffer;
  readonly error: Error;
}

/** The payload of an outbox row is corrupt. */
class DamagedRow extends Error {
  override name = "DamagedRow";
}

/** The compressed events of a row. Throws if it is certain that they can't be read. */
function payloadOf({ version, payload }: OutboxRow): Uint8Array {
  if (version !== recordVersion) throw unknownRecordVersion(version);
  if (!isWholeZstdFrame(payload))
    throw new DamagedRow("the row can't be decompressed: it is not a whole frame of zstd");
  return payload;
}

/** The events of a row, each as its line with the line break; none if the row can't be read. */
async function linesOf({ version, payload }: OutboxRow): Promise<Buffer[]> {
  if (version !== recordVersion) return [];
  try {
    const lines = (await readStoredText(payload, "the row of the outbox")).split("\n");
    return lines.filter((line) => line !== "").map((line) => Buffer.from(`${line}\n`));
  } catch (error) {
    if (error instanceof MalformedData) return [];
    throw error;
  }
}

function isRefusal(error: unknown): error is Error {
  return error instanceof DamagedRow || error instanceof UnknownVersion || isRefusedInsert(error);
}
