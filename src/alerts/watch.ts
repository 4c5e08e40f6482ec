/** Checks for alerts in the background, in one process at a time. */
import type { ClockMoves } from "../common/settable-clock.ts";
import { type LeasedLoop, startLeasedLoop } from "../stores/postgres/leased-loop.ts";
import { type LookServices, look } from "./look.ts";

const lease = { name: "alerts", seconds: 60 };
/** How often sources and rates are checked, in milliseconds. */
const sourcesEveryMs = 60_000;
const ratesEveryMs = 300_000;

/** Starts a watch. When it is woken, it checks everything. */
export function startAlertWatch(
  services: LookServices & {
    /** The system clock, whose accidental changes are detected. */
    machineClock: () => Date;
    /** Reports deliberate moves of `clock`. */
    clockMoves: ClockMoves;
    log: LookServices["log"] & { error(details: object, message: string): void };
  },
): LeasedLoop {
  const { database, machineClock, clockMoves, log } = services;
  let ratesAt = Number.NEGATIVE_INFINITY;
  return startLeasedLoop({
    ...{ database, lease, machineClock, clockMoves },
    everyMs: sourcesEveryMs,
    rest: { ms: 2_000, factor: 4 },
    insists: false,
    async round(woken, stopping) {
      const began = performance.now();
      const rates = woken || began - ratesAt >= ratesEveryMs;
      await look(services, rates, stopping);
      if (rates) ratesAt = began;
    },
    failed: (err) => log.error({ err }, "checking for alerts failed; it is retried"),
  });
}
