/** A delivery worker's lease: a row under a unique name that it renews to show other processes that it is alive. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../stores/postgres/database.ts";
import { buryDeadWorkers, insertWorker, removeWorker, renewWorker } from "../../stores/postgres/queue-workers.ts";

/** The worker's log. */
export interface DeliveryLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** The lease. A process that hung until its lease expired continues under a new name. */
export interface WorkerLife {
  /** The worker's current name. */
  name(): string;
  /** Resolves once the worker is registered or must stop. */
  readonly begun: Promise<void>;
  /** Removes the worker and releases its claims. Call it after `stopping` has been aborted. */
  end(): Promise<void>;
}

const leaseSeconds = 20;
const renewMs = 5_000;

/** Callbacks for changes. */
export interface LifeEvents {
  /** The mail of a dead worker can be claimed. */
  inherited(): void;
  /** The lease expired: the mail that the worker holds now belongs to others. */
  lost(): void;
}

/** Registers a worker and renews its lease until `stopping` is aborted. */
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

  /** Retries, because the database may not be reachable yet. */
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
        if (mail > 0) log.info({ mail }, "took over the mail of a dead delivery worker");
        if (mail > 0) inherited();
        if (!(await renewWorker(database, name, leaseSeconds))) await beginAnew();
      } catch (error) {
        log.error({ err: error }, "renewing the delivery worker failed");
      }
      await pause(renewMs);
    }
  }

  async function beginAnew(): Promise<void> {
    log.warn({}, "the lease of this delivery worker expired; it continues under a new name");
    lost();
    const next = randomUUID();
    await insertWorker(database, next, leaseSeconds);
    name = next;
  }

  function pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: stopping }).catch(() => {});
  }
}
