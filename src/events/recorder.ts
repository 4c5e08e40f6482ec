/**
 * The recorder moves committed events from the outbox to the event database, in batches.
 *
 *   idle --(a commit, or the poll for other processes' commits)--> move a batch --(a full one is left)--> move ...
 *
 * Full batches are moved two at a time: the engine inserts each with one thread.
 * A lease limits recording to one process at a time. If two processes record all the same (because a lease expired
 * during a long insert), or a process ends between the insert and the delete, a batch is inserted twice. That is
 * harmless: rows with the same ID merge, and the aggregated state consists of minima and maxima.
 */
import { randomUUID } from "node:crypto";
import { createBackoff } from "../common/backoff.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { Database } from "../stores/postgres/database.ts";
import { createKeptLease } from "../stores/postgres/leases.ts";
import {
  countOutboxEvents,
  type OutboxRow,
  oldestOutboxRows,
  outboxRowsPerRead,
  outboxSpan,
  takeUpOutboxRows,
  vacuumOutbox,
} from "../stores/postgres/outbox.ts";
import { createDrainWatch } from "./drain-watch.ts";
import { moveOutboxRows, type RecorderLog } from "./move-outbox-rows.ts";
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
  /** Finishes the batches under way and stops. */
  stop(): Promise<void>;
}

/**
 * ClickHouse is efficient with few large inserts; a batch takes about 25 MB of JSON, compressed 3 MB. Batches of 20,000
 * take about a tenth more processor time, most of it for merges.
 */
const eventsPerBatch = 50_000;
/** How many batches are moved at a time, if they are full. */
const batchesAtOnce = 2;
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
/** PGlite's dead rows are vacuumed after so many deletes, or so many bytes of deleted payloads. */
const vacuumAfter = { rows: 5_000, bytes: 64 << 20 };

const urgency = { commit: 1, waiter: 2, fullBatch: 3, stop: 4 };

/** Rows that are being moved. */
interface Batch {
  readonly rows: readonly OutboxRow[];
  readonly moved: Promise<void>;
}

export function startRecorder(services: { database: Database; events: EventDatabase; log: RecorderLog }): Recorder {
  const { database, events, log } = services;
  const lease = createKeptLease(database, { name: "recorder", holder: randomUUID(), seconds: leaseSeconds });
  const backoff = createBackoff(pauses);
  let stopping = false;
  // The urgency: a commit ends idling, a waiting caller or a full batch also ends gathering, a stop ends every pause.
  let pressing = urgency.commit;
  /** How many events were committed that are in no batch, as far as this process knows. */
  let gathered = 0;
  let rouse: () => void = () => {};
  /** What was deleted since the last vacuum. */
  const dead = { rows: 0, bytes: 0 };
  let tookUp = false;
  /** A batch that failed stays until the failure is reported. */
  const underWay = new Set<Batch>();
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
    while (!stopping) {
      try {
        const isUrgent = pressing >= urgency.waiter;
        pressing = 0;
        if (!isUrgent && (await canWait())) await pause(gatherMs, urgency.waiter);
        else await step();
      } catch (error) {
        await pause(await report(error), urgency.stop);
      }
    }
    await Promise.all(moves()).catch(report);
  }

  /** Begins to move the oldest batch, then waits until there is a reason to look for another. */
  async function step(): Promise<void> {
    gathered = 0;
    const rows = await nextRows();
    if (isFull(rows)) {
      begin(rows);
      if (underWay.size >= batchesAtOnce) await Promise.race(moves());
    } else if (underWay.size > 0) {
      // An insert costs about as much for 1 event as for 1,000.
      gathered += eventsOf(rows);
      await pause(pollMs, urgency.fullBatch, moves());
    } else if (rows.length > 0) {
      begin(rows);
      await Promise.all(moves());
      await pause(gatherMs, urgency.waiter);
    } else {
      backoff.reset();
      await pause(pollMs, urgency.commit);
    }
  }

  /** The oldest rows that are in no batch; none if another process records. */
  async function nextRows(): Promise<OutboxRow[]> {
    if (!(await lease.hold())) return [];
    await takeUp();
    const taken = [...underWay].flatMap(({ rows }) => rows.map(({ id }) => id));
    return oldestOutboxRows(database, eventsPerBatch, taken);
  }

  function begin(rows: readonly OutboxRow[]): void {
    const batch = { rows, moved: move() };
    underWay.add(batch);
    // `run` waits for it later.
    batch.moved.catch(() => {});

    async function move(): Promise<void> {
      await moveOutboxRows(services, rows);
      backoff.reset();
      await vacuum(rows);
      underWay.delete(batch);
    }
  }

  function moves(): Promise<void>[] {
    return [...underWay].map(({ moved }) => moved);
  }

  /** Logs a failure once nothing is under way; resolves to the milliseconds to wait before the next try. */
  async function report(error: unknown): Promise<number> {
    await Promise.allSettled(moves());
    underWay.clear();
    const pauseMs = backoff.next();
    log.error({ err: error, retryInMs: pauseMs }, "recording events failed; they stay in the outbox");
    return pauseMs;
  }

  /** Waits `ms`, or until the urgency reaches `until`, now or since the last step began, or until one of `others` ends. */
  async function pause(ms: number, until: number, others: readonly Promise<void>[] = []): Promise<void> {
    if (stopping || pressing >= until) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    rouse = () => {
      if (pressing >= until) resolve();
    };
    try {
      await Promise.race([promise, ...others]);
    } finally {
      clearTimeout(timer);
      rouse = () => {};
    }
  }

  /** Whether the event database has not been opened, and need not be yet. */
  async function canWait(): Promise<boolean> {
    return events.isUnused() && (await countOutboxEvents(database)) < eventsBeforeOpening;
  }

  /** Once: takes up rows that an older version of the program set aside because it didn't know their format version. */
  async function takeUp(): Promise<void> {
    if (tookUp) return;
    await takeUpOutboxRows(database, recordVersion, unknownRecordVersion(recordVersion).message);
    tookUp = true;
  }

  /** From time to time, frees the space of rows that were moved. */
  async function vacuum(moved: readonly OutboxRow[]): Promise<void> {
    dead.rows += moved.length;
    dead.bytes += moved.reduce((sum, { payload }) => sum + payload.length, 0);
    if (database.kind !== "embedded" || (dead.rows < vacuumAfter.rows && dead.bytes < vacuumAfter.bytes)) return;
    dead.rows = 0;
    dead.bytes = 0;
    await vacuumOutbox(database);
  }
}

function eventsOf(rows: readonly OutboxRow[]): number {
  return rows.reduce((sum, row) => sum + row.events, 0);
}

/** Whether there may be more rows for another batch. */
function isFull(rows: readonly OutboxRow[]): boolean {
  return eventsOf(rows) >= eventsPerBatch || rows.length >= outboxRowsPerRead;
}
