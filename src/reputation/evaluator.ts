/** Evaluates the reputation of tenants in the background, in one process at a time. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createClockWatch } from "../common/clock-watch.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import { withLease } from "../stores/postgres/leases.ts";
import { type EvaluationServices, evaluate } from "./evaluate.ts";
import { gatherMs, intervalMs, restFactor } from "./thresholds.ts";

/** Runs until stopped. */
export interface ReputationEvaluator {
  /** There are new bounces or complaints: an evaluation follows soon. */
  wake(): void;
  stop(): Promise<void>;
}

const lease = { name: "reputation", seconds: 60 };

export function startReputationEvaluator(
  services: EvaluationServices & {
    /** The clock that may be set by accident; `clock` by default. */
    machineClock?: () => Date;
    /** Moves of `clock` on purpose: findings may have ended by the new time. */
    clockMoves?: ClockMoves;
    log: { error(details: object, message: string): void };
  },
): ReputationEvaluator {
  const { database, clock, machineClock = clock, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const clockJump = createClockWatch(machineClock);
  services.clockMoves?.onMove(wake);
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
      take();
      const began = performance.now();
      try {
        // By a clock that was set far ahead, all findings would have ended. The next round takes it as it is.
        if (clockJump() === 0 && !(await evaluateAlone())) wake();
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, "evaluating reputation failed; it is tried again");
      }
      await rest(Math.max(gatherMs, restFactor * (performance.now() - began)));
      await pause(intervalMs);
    }
  }

  /** Resolves to false if another process is evaluating, which may have begun before the newest events. */
  function evaluateAlone(): Promise<boolean> {
    return withLease(database, { ...lease, holder }, (lost) =>
      evaluate(services, AbortSignal.any([lost, stopping.signal])),
    );
  }

  async function rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
  }
}
