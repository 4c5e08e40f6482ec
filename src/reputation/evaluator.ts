/** Evaluates the reputation of tenants in the background, in one process at a time. */
import { type ClockMoves, noClockMoves } from "../common/settable-clock.ts";
import { type LeasedLoop, startLeasedLoop } from "../stores/postgres/leased-loop.ts";
import { type EvaluationServices, evaluate } from "./evaluate.ts";
import { gatherMs, intervalMs, restFactor } from "./thresholds.ts";

const lease = { name: "reputation", seconds: 60 };

/** Starts the evaluation. It is woken if there are new bounces or complaints. */
export function startReputationEvaluator(
  services: EvaluationServices & {
    /** The clock that may be set by accident; `clock` by default. */
    machineClock?: () => Date;
    /** Moves of `clock` on purpose: findings may have ended by the new time. */
    clockMoves?: ClockMoves;
    log: { error(details: object, message: string): void };
  },
): LeasedLoop {
  const { database, clock, machineClock = clock, clockMoves = noClockMoves, log } = services;
  return startLeasedLoop({
    ...{ database, lease, machineClock, clockMoves },
    everyMs: intervalMs,
    rest: { ms: gatherMs, factor: restFactor },
    // The other process may have begun before the newest events.
    insists: true,
    round: (_, stopping) => evaluate(services, stopping),
    failed: (err) => log.error({ err }, "evaluating reputation failed; it is tried again"),
  });
}
