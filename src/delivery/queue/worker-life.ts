/**
 * A worker's lease (delivery, publishing): a row under a unique name that it renews to show other processes that it is alive. Each
 * process measures with its own monotonic clock how long another has not renewed: a clock that is set, here or on the
 * database's machine, makes no worker dead.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../stores/postgres/database.ts";
import {
  buryWorker,
  insertWorker,
  type RegisteredWorker,
  removeWorker,
  renewWorker,
  selectWorkers,
} from "../../stores/postgres/queue-workers.ts";

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

/** Finds the workers that have not renewed for some time, as seen by this process. */
export interface SilenceWatch {
  /** Those of all registered workers that were registered with the same renewal throughout that time. */
  among(workers: readonly RegisteredWorker[]): RegisteredWorker[];
}

/** `now` returns milliseconds of a clock that is never set. */
export function createSilenceWatch(silentMs: number, now: () => number = () => performance.now()): SilenceWatch {
  let seen = new Map<string, { renewal: string; since: number }>();
  return {
    among(workers) {
      const at = now();
      const known = seen;
      seen = new Map();
      return workers.filter(({ id, renewal }) => {
        const before = known.get(id);
        const since = before?.renewal === renewal ? before.since : at;
        seen.set(id, { renewal, since });
        return at - since >= silentMs;
      });
    },
  };
}

/** Registers a worker and renews its lease until `stopping` is aborted. */
export function startLife(
  database: Database,
  log: DeliveryLog,
  stopping: AbortSignal,
  { inherited, lost }: LifeEvents,
): WorkerLife {
  let name = randomUUID();
  const silent = createSilenceWatch(leaseSeconds * 1000);
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
        log.error({ err: error }, "a worker can't start yet");
        await pause(1_000);
      }
    }
  }

  async function renew(): Promise<void> {
    await begun;
    while (!stopping.aborted) {
      try {
        if (!(await renewWorker(database, name, leaseSeconds))) await beginAnew();
        for (const dead of silent.among(await selectWorkers(database))) {
          const released = await buryWorker(database, dead);
          if (released > 0) log.info({ released }, "took over the work of a dead worker");
          if (released > 0) inherited();
        }
      } catch (error) {
        log.error({ err: error }, "renewing a worker failed");
      }
      await pause(renewMs);
    }
  }

  async function beginAnew(): Promise<void> {
    log.warn({}, "the lease of this worker expired; it continues under a new name");
    lost();
    const next = randomUUID();
    await insertWorker(database, next, leaseSeconds);
    name = next;
  }

  function pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: stopping }).catch(() => {});
  }
}
