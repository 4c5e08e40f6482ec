/** Stores counts of metrics, as the refresher does. */
import { refreshCounts } from "../../src/insights/metrics/refresher.ts";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";

/** Ranges may be counted at once and again. */
export const always = { quietSeconds: 0, againSeconds: 0, ranges: 1_000, settleSeconds: 0 };

/**
 * Counts the outdated ranges, or only the newest of them.
 * @param recording what is recorded between the reading of the ranges and their counting
 */
export async function storeCounts(
  events: EventDatabase,
  ranges = always.ranges,
  recording: () => Promise<void> = async () => {},
): Promise<void> {
  const limits = { ...always, ranges };
  await refreshCounts({ events, recorder: { drained: recording } }, limits, new AbortController().signal);
}
