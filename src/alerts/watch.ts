/** Checks for alerts in the background, in one process at a time. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createClockWatch } from "../common/clock-watch.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import { withLease } from "../stores/postgres/leases.ts";
import { type LookServices, look } from "./look.ts";

/** A running watch. */
export interface AlertWatch {
  /** Checks everything soon, without waiting for the next interval. */
  wake(): void;
  stop(): Promise<void>;
}

const lease = { name: "alerts", seconds: 60 };
/** How often sources and rates are checked, in milliseconds. */
const sourcesEveryMs = 60_000;
const ratesEveryMs = 300_000;
/** The minimum pause after a check, in milliseconds and as a multiple of its duration. */
const restMs = 2_000;
const restFactor = 4;

export function startAlertWatch(
  services: LookServices & {
    /** The system clock, whose accidental changes are detected. */
    machineClock: () => Date;
    /** Reports deliberate moves of `clock`. */
    clockMoves: ClockMoves;
    log: LookServices["log"] & { error(details: object, message: string): void };
  },
): AlertWatch {
  const { database, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const clockJump = createClockWatch(services.machineClock);
  services.clockMoves.onMove(wake);
  let ratesAt = Number.NEGATIVE_INFINITY;
  const running = run();

  return {
    wake,
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      const rates = take() || began - ratesAt >= ratesEveryMs;
      try {
        // If the clock was set far ahead, all sources would seem silent. The next round uses the new time.
        if (clockJump() === 0) {
          const done = await withLease(database, { ...lease, holder }, (lost) =>
            look(services, rates, AbortSignal.any([lost, stopping.signal])),
          );
          if (done && rates) ratesAt = began;
        }
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, "checking for alerts failed; it is retried");
      }
      await delay(Math.max(restMs, restFactor * (performance.now() - began)), undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => {});
      await pause(sourcesEveryMs);
    }
  }
}
