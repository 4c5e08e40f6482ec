/** The life of a delivery worker as other processes see it: a row that it renews, under a name of its own. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../stores/postgres/database.ts";
import { buryDeadWorkers, insertWorker, removeWorker, renewWorker } from "../../stores/postgres/queue-workers.ts";

/** Where the worker says what went wrong. */
export interface DeliveryLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** One life after the other: a process that hung for too long goes on under a new name. */
export interface WorkerLife {
  /** The worker's present name. */
  name(): string;
  /** Resolves once the worker is entered, or is to stop. */
  readonly begun: Promise<void>;
  /** Ends it, and gives back what it had claimed. To be called once `stopping` has been aborted. */
  end(): Promise<void>;
}

const leaseSeconds = 20;
const renewMs = 5_000;

/** How the worker hears of changes. */
export interface LifeEvents {
  /** Mail of a worker that ended is there to be claimed. */
  inherited(): void;
  /** The worker was taken to be dead: what it holds is others' by now. */
  lost(): void;
}

/** Enters a worker and renews it until `stopping`. */
export function startLife(
  database: Database,
  log: DeliveryLog,
  stopping: AbortSignal,
  { inherited, lost }: LifeEvents,
): WorkerLife {
  let name = randomUUID();
  const begun = enter();
  const renewing = renew();
  return {
    name: () => name,
    begun,
    async end() {
      await renewing;
      await removeWorker(database, name);
    },
  };

  /** The first tries may meet a database that is away. */
  async function enter(): Promise<void> {
    while (!stopping.aborted) {
      try {
        await insertWorker(database, name, leaseSeconds);
        return;
      } catch (error) {
        log.error({ err: error }, "the delivery worker can't start yet");
        await pause(1_000);
      }
    }
  }

  async function renew(): Promise<void> {
    await begun;
    while (!stopping.aborted) {
      try {
        const mail = await buryDeadWorkers(database);
        if (mail > 0) log.info({ mail }, "took up the mail of a delivery worker that ended");
        if (mail > 0) inherited();
        if (!(await renewWorker(database, name, leaseSeconds))) await beginAnew();
      } catch (error) {
        log.error({ err: error }, "renewing the delivery worker failed");
      }
      await pause(renewMs);
    }
  }

  async function beginAnew(): Promise<void> {
    log.warn({}, "this delivery worker was taken to be dead; it goes on under a new name");
    lost();
    const next = randomUUID();
    await insertWorker(database, next, leaseSeconds);
    name = next;
  }

  function pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: stopping }).catch(() => {});
  }
}
