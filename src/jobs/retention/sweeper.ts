/** Sweeps every hour, in one process at a time. */
import { randomUUID } from "node:crypto";
import { createClockWatch } from "../../common/clock-watch.ts";
import type { ClockMoves } from "../../common/settable-clock.ts";
import { createWakeablePause } from "../../common/wakeable-pause.ts";
import { withLease } from "../../stores/postgres/leases.ts";
import { type Retention, type SweepServices, sweep } from "./sweep.ts";

/** Runs until stopped. */
export interface Sweeper {
  stop(): Promise<void>;
}

export interface SweeperLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

const intervalMs = 3_600_000;
/** Delays the first sweep until startup is over. */
const firstAfterMs = 60_000;
/** Renewed during a sweep, which can take hours. */
const leaseSeconds = 60;

/** Starts sweeping in the background. */
export function startSweeper(
  services: SweepServices & { clockMoves?: ClockMoves; log: SweeperLog },
  retention: Retention,
): Sweeper {
  const { database, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const clockJump = createClockWatch(services.machineClock ?? services.clock);
  const { wake, take, pause } = createWakeablePause();
  take();
  // Somebody has moved the clock on purpose, to see what is deleted by then.
  services.clockMoves?.onMove(wake);
  const running = run();
  return {
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };

  async function run(): Promise<void> {
    for (let restMs = firstAfterMs; await slept(restMs); restMs = intervalMs) {
      const jumpedMs = clockJump();
      if (jumpedMs > 0) {
        log.warn(
          { jumpedMs },
          "the clock was set ahead; data past its retention period is deleted in an hour, if it stays so",
        );
        continue;
      }
      try {
        await withLease(database, { name: "retention", holder, seconds: leaseSeconds }, async (lost) => {
          const removed = await sweep(services, retention, AbortSignal.any([stopping.signal, lost]));
          log.info(removed, "deleted data past its retention period");
        });
      } catch (error) {
        log.error({ err: error }, "the retention sweep failed; retrying in an hour");
      }
    }
  }

  /** Waits; returns false if the sweeper is stopping. */
  async function slept(milliseconds: number): Promise<boolean> {
    await pause(milliseconds);
    take();
    return !stopping.signal.aborted;
  }
}
