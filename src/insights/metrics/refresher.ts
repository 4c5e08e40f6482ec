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
 * Counts are used only while the changes are the same. An event that a count lacks is noted after 1, so the counts with it
 * are not used. A process that ends between two steps has stored nothing, or counts that hold.
 */
import type { Recorder } from "../../events/recorder.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { addAllRanges, hasAllRanges, outdatedRanges } from "../../stores/clickhouse/metric-changes.ts";
import { type LeasedLoop, type LeasedLoopOptions, startLeasedLoop } from "../../stores/postgres/leased-loop.ts";
import { countRange } from "./count-range.ts";

export interface RefreshServices {
  readonly events: EventDatabase;
  readonly recorder: Pick<Recorder, "drained">;
}

export interface RefreshLimits {
  /** A range is counted once it has not changed for so long. */
  readonly quietSeconds: number;
  /** The maximum number of ranges in a round. */
  readonly ranges: number;
}

const usual: RefreshLimits = { quietSeconds: 15, ranges: 20 };
const everyMs = 15_000;
const leaseSeconds = 60;
/** The work takes at most a tenth of the time. */
const rest = { ms: 1_000, factor: 9 };

/** One round. Resolves to whether more may be outdated; stops between two ranges if `signal` aborts. */
export async function refreshCounts(
  { events, recorder }: RefreshServices,
  limits: RefreshLimits,
  signal: AbortSignal,
): Promise<boolean> {
  if (events.isUnused()) return false;
  if (!(await hasAllRanges(events))) {
    // An insert that began before the ranges were noted is complete then.
    await recorder.drained(signal);
    await addAllRanges(events);
  }
  const { quietSeconds, ranges: limit } = limits;
  const ranges = await outdatedRanges(events, { quietSeconds, limit });
  if (ranges.length === 0) return false;
  await recorder.drained(signal);
  for (const range of ranges) {
    if (signal.aborted) return false;
    await countRange(events, range);
  }
  return ranges.length === limit;
}

/** Starts it. */
export function startRefresher(
  services: RefreshServices & Pick<LeasedLoopOptions, "database" | "machineClock" | "clockMoves"> & { log: RefreshLog },
): LeasedLoop {
  const { database, machineClock, clockMoves, log } = services;
  const loop = startLeasedLoop({
    database,
    lease: { name: "metric counts", seconds: leaseSeconds },
    round: async (_, stopping) => {
      if (await refreshCounts(services, usual, stopping)) loop.wake();
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
