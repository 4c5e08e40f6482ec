/** A background loop that does its rounds in one process at a time. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createClockWatch } from "../../common/clock-watch.ts";
import type { ClockMoves } from "../../common/settable-clock.ts";
import { createWakeablePause } from "../../common/wakeable-pause.ts";
import type { Database } from "./database.ts";
import { type LeaseTerms, withLease } from "./leases.ts";

/** Runs until stopped. */
export interface LeasedLoop {
  /** A round follows soon, without waiting for the next interval. */
  wake(): void;
  stop(): Promise<void>;
}

export interface LeasedLoopOptions {
  readonly database: Database;
  readonly lease: Omit<LeaseTerms, "holder">;
  /**
   * Does one round, while this process has the lease. `woken` tells whether it is the first round or follows a `wake`;
   * `stopping` aborts if the loop is stopped or the lease is lost.
   */
  readonly round: (woken: boolean, stopping: AbortSignal) => Promise<void>;
  /** The pause between two rounds, in milliseconds; if it varies, it is asked for after each round. */
  readonly everyMs: number | (() => number);
  /** The minimum pause after a round, in milliseconds and as a multiple of its duration. */
  readonly rest: { readonly ms: number; readonly factor: number };
  /** Whether a round that another process's lease prevented is tried again after the minimum pause. */
  readonly insists: boolean;
  /** The system clock, whose accidental changes are detected. */
  readonly machineClock: () => Date;
  /** Deliberate moves of the clock, each of which wakes the loop. */
  readonly clockMoves: ClockMoves;
  /** Called if a round fails; the loop goes on. */
  readonly failed: (error: unknown) => void;
}

export function startLeasedLoop(options: LeasedLoopOptions): LeasedLoop {
  const { database, everyMs, rest, insists, failed } = options;
  const lease = { ...options.lease, holder: randomUUID() };
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const clockJump = createClockWatch(options.machineClock);
  options.clockMoves.onMove(wake);
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
      const woken = take();
      const began = performance.now();
      try {
        // If the clock was set far ahead, everything that ends by time would end. The next round uses the new time.
        if (clockJump() === 0 && !(await roundAlone(woken)) && insists) wake();
      } catch (error) {
        if (!stopping.signal.aborted) failed(error);
      }
      await delay(Math.max(rest.ms, rest.factor * (performance.now() - began)), undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => {});
      await pause(typeof everyMs === "number" ? everyMs : everyMs());
    }
  }

  /** Resolves to false if another process has the lease. */
  function roundAlone(woken: boolean): Promise<boolean> {
    return withLease(database, lease, (lost) => options.round(woken, AbortSignal.any([lost, stopping.signal])));
  }
}
