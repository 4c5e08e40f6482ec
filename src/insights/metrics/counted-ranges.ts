/**
 * Which messages a query takes from the stored counts (the table metric_counts) and which it counts itself.
 *
 * The result is the same as if all were counted. A range's counts hold while nothing has changed since; see `refresher.ts`
 * for why that is certain. If a range is counted anew while a query runs, the query uses the counts for which it was decided
 * that no end of the interval divides them: they stay for a while.
 */
import type { Condition } from "../../jobs/exports/message-filters.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { type CountedRange, endOfRange, isTimedId, readRangeStates } from "../../stores/clickhouse/metric-changes.ts";
import { countedMs } from "./definitions.ts";

export type StoredRange = Pick<CountedRange, "range" | "changes">;

export interface CountedRanges {
  /** The ranges to take from the counts, and the changes of their counts. */
  readonly stored: readonly StoredRange[];
  /** SQL for the other messages; undefined if there are none, which is so only if some ranges are stored. */
  readonly live: Condition | undefined;
}

/** All messages are counted by the query. */
export const allLive: CountedRanges = { stored: [], live: { sql: "1", parameters: {} } };

/** The division for an interval. Call it once everything that the query must include is recorded. */
export async function readCountedRanges(
  events: Pick<EventDatabase, "client" | "isUnused">,
  { start, end }: { start: Date; end: Date },
  signal?: AbortSignal,
): Promise<CountedRanges> {
  if (events.isUnused()) return allLive;
  // Messages are counted for some time after they are sent.
  const sentSince = start.getTime() - countedMs;
  const ranges = await readRangeStates(events, { sentSince, start: start.getTime(), end: end.getTime() }, signal);
  return ranges ? divide(ranges) : allLive;
}

/** @param ranges in the order of their names */
export function divide(ranges: readonly CountedRange[]): CountedRanges {
  const stored = ranges.filter(({ state }) => state === "inside").map(({ range, changes }) => ({ range, changes }));
  const untimed = ranges.find(({ range }) => range === "")?.state;
  const parameters: Record<string, string> = {};
  const intervals: string[] = [];
  let run: { first: string; last: string } | undefined;
  const finishRun = () => {
    if (!run) return;
    const index = intervals.length;
    parameters[`live${index}`] = run.first;
    parameters[`liveEnd${index}`] = endOfRange(run.last);
    intervals.push(`message_id >= {live${index}:String} AND message_id < {liveEnd${index}:String}`);
    run = undefined;
  };
  // Between two ranges that follow each other there is no mail, so one condition on the key covers both.
  for (const { range, state } of ranges) {
    if (range === "") continue;
    if (state !== "outdated") finishRun();
    else run = { first: run?.first ?? range, last: range };
  }
  finishRun();
  const conditions: string[] = [];
  if (intervals.length > 0) {
    const between = intervals.join(" OR ");
    conditions.push(untimed === undefined ? between : `(${between}) AND ${isTimedId}`);
  }
  if (untimed === "outdated") conditions.push(`NOT (${isTimedId})`);
  if (conditions.length > 0) return { stored, live: { sql: `(${conditions.join(" OR ")})`, parameters } };
  return { stored, live: stored.length > 0 ? undefined : { sql: "0", parameters: {} } };
}
