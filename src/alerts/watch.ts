/** Looks for alerts in the background, in one process at a time. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createClockWatch } from "../common/clock-watch.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import { withLease } from "../stores/postgres/leases.ts";
import { type LookServices, look } from "./look.ts";

/** Runs until stopped. */
export interface AlertWatch {
  /** Looks at everything soon. */
  wake(): void;
  stop(): Promise<void>;
}

const lease = { name: "alerts", seconds: 60 };
/** How often sources are looked at, and how often rates are, in milliseconds. */
const sourcesEveryMs = 60_000;
const ratesEveryMs = 300_000;
/** The least pause between two looks, and after one as a multiple of its duration. */
const restMs = 2_000;
const restFactor = 4;

export function startAlertWatch(
  services: LookServices & {
    /** The clock that may be set by accident. */
    machineClock: () => Date;
    /** Moves of `clock` on purpose. */
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
        // By a clock that was set far ahead, all sources would be silent. The next round takes it as it is.
        if (clockJump() === 0) {
          const done = await withLease(database, { ...lease, holder }, (lost) =>
            look(services, rates, AbortSignal.any([lost, stopping.signal])),
          );
          if (done && rates) ratesAt = began;
        }
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, "looking for alerts failed; it is tried again");
      }
      await delay(Math.max(restMs, restFactor * (performance.now() - began)), undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => {});
      await pause(sourcesEveryMs);
    }
  }
}
