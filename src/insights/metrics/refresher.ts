/**
 * Keeps the stored counts of metrics up to date, in one process at a time.
 *
 * Events and the note of which ranges they change are written by one insert, but not at the same moment. So a round
 *
 *   1. reads the changes of the outdated ranges,
 *   2. waits until everything that was in the outbox is recorded. An insert that noted a change in 1 is then complete,
 *      because its events stay in the outbox until it is;
 *   3. counts the ranges and stores the counts with the changes from 1.
 *
 * An insert that does not come from the outbox (`mirror/s3/`) notes its changes once more when it is complete.
 *
 * Counts are used only while the changes are the same. An event that a count lacks is noted after 1, so the counts with it
 * are not used. A process that ends between two steps has stored nothing, or counts that hold.
 */
import type { Recorder } from "../../events/recorder.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import {
  addAllRanges,
  areChangesNoted,
  deleteReplacedCounts,
  hasAllRanges,
  outdatedRanges,
  type RefreshLimits,
} from "../../stores/clickhouse/metric-changes.ts";
import { type LeasedLoop, type LeasedLoopOptions, startLeasedLoop } from "../../stores/postgres/leased-loop.ts";
import { countRanges } from "./count-ranges.ts";

export interface RefreshServices {
  readonly events: EventDatabase;
  readonly recorder: Pick<Recorder, "drained">;
}

const usual: RefreshLimits = { quietSeconds: 15, againSeconds: 120, ranges: 10, settleSeconds: 300 };
/** Replaced counts stay longer than a query runs. */
const replacedStay = { seconds: 3600, ms: 3_600_000 };
const everyMs = 15_000;
const leaseSeconds = 60;
/** The work takes at most a fifth of the time. */
const rest = { ms: 500, factor: 4 };

/** One round. Resolves to whether more may be outdated. Aborting `signal` ends the wait in it. */
export async function refreshCounts(
  { events, recorder }: RefreshServices,
  limits: RefreshLimits,
  signal: AbortSignal,
): Promise<boolean> {
  if (events.isUnused()) return false;
  if (!(await hasAllRanges(events))) {
    // An insert that began before the changes were noted is complete then: of this process, or of an older one, which may
    // also insert without the outbox.
    if (events.kind === "server" && !(await areChangesNoted(events, limits.settleSeconds))) return false;
    await recorder.drained(signal);
    await addAllRanges(events);
  }
  const ranges = await outdatedRanges(events, limits);
  if (ranges.length === 0) return false;
  await recorder.drained(signal);
  await countRanges(events, ranges);
  return ranges.length === limits.ranges;
}

/** Starts it. */
export function startRefresher(
  services: RefreshServices & Pick<LeasedLoopOptions, "database" | "machineClock" | "clockMoves"> & { log: RefreshLog },
): LeasedLoop {
  const { database, machineClock, clockMoves, log } = services;
  let tidied = performance.now() - replacedStay.ms;
  const loop = startLeasedLoop({
    database,
    lease: { name: "metric counts", seconds: leaseSeconds },
    round: async (_, stopping) => {
      if (await refreshCounts(services, usual, stopping)) loop.wake();
      const now = performance.now();
      if (services.events.isUnused() || now - tidied < replacedStay.ms) return;
      tidied = now;
      await deleteReplacedCounts(services.events, replacedStay.seconds);
    },
    everyMs,
    rest,
    insists: false,
    machineClock,
    clockMoves,
    failed: (error) => log.error({ err: error }, "counting metrics failed; queries count the messages themselves"),
  });
  return loop;
}

export interface RefreshLog {
  error(details: object, message: string): void;
}
