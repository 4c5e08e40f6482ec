/** Sweeps every hour, in one process at a time. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { releaseLease, takeLease } from "../../stores/postgres/leases.ts";
import { type Retention, type SweepServices, sweep } from "./sweep.ts";

/** Runs until stopped. */
export interface Sweeper {
  stop(): Promise<void>;
}

/** Where the sweeper says what it did. */
export interface SweeperLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

const intervalMs = 3_600_000;
/** The first sweep waits until a start is over. */
const firstAfterMs = 60_000;
/** Longer than a sweep takes; after a crash the next process waits no longer than this. */
const leaseSeconds = 1_800;

/** Starts sweeping in the background. */
export function startSweeper(services: SweepServices & { log: SweeperLog }, retention: Retention): Sweeper {
  const { database, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };

  async function run(): Promise<void> {
    for (let pause = firstAfterMs; await slept(pause); pause = intervalMs) {
      try {
        if (!(await takeLease(database, "retention", holder, leaseSeconds))) continue;
        const removed = await sweep(services, retention, stopping.signal);
        log.info(removed, "swept what is older than it is to be kept");
        await releaseLease(database, "retention", holder);
      } catch (error) {
        log.error({ err: error }, "removing what is too old failed; it is tried again in an hour");
      }
    }
  }

  /** False when it is time to stop. */
  async function slept(milliseconds: number): Promise<boolean> {
    await delay(milliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    return !stopping.signal.aborted;
  }
}
