/** Counts ranges of messages and stores the counts. */
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { isTimedId, type OutdatedRange, rangeOf } from "../../stores/clickhouse/metric-changes.ts";
import { countColumns } from "./count-columns.ts";
import { milliseconds } from "./definitions.ts";

/** The dimensions of the counts: columns of both `message_states` and `metric_counts`. */
const dimensions = ["scope", "isp", "source", "identity", "configuration_set", "tenant", "in_ses_scope"] as const;
/** With more combinations, the counts of a range would take tens of megabytes. */
const mostCombinations = 50_000;
const dayMs = 24 * 3_600_000;

/**
 * Counts ranges and replaces their counts. Analyzing the statement takes the engine 50 ms of processor time, as much as
 * counting 100,000 messages, so one statement counts several ranges.
 * @param ranges with the changes that were read before everything that they stand for was certainly recorded
 */
export async function countRanges(
  { client }: Pick<EventDatabase, "client">,
  ranges: readonly OutdatedRange[],
): Promise<void> {
  if (ranges.length === 0) return;
  // One number for each column that a message counts in, the column in the last four bits: tuples take twice as long.
  const counted = countColumns.map(({ at, only }, index) => `if(${only}, ${milliseconds(at)} * 16 + ${index + 1}, 0)`);
  const sums = countColumns.map(({ name }, index) => `toUInt32(sumIf(messages, counter = ${index + 1})) AS ${name}`);
  const names = dimensions.join(", ");
  const all = [...dimensions, "day", "first_at", "last_at", ...countColumns.map(({ name }) => name)];
  const parameters: Record<string, unknown> = {
    ranges: ranges.map(({ range }) => range),
    changes: ranges.map(({ changes }) => changes),
  };
  const conditions = ranges.map(({ range }, index) => {
    if (range === "") return `NOT (${isTimedId})`;
    parameters[`range${index}`] = range;
    return `(startsWith(message_id, {range${index}:String}) AND ${isTimedId})`;
  });
  await client.command({
    query: `INSERT INTO metric_counts (message_range, changes, too_many, begins, ends, ${all.join(", ")})
      SELECT outdated.1, outdated.2, combinations > ${mostCombinations} AS is_too_many, earliest, latest,
        ${all.map((_, index) => `if(is_too_many, [], tupleElement(counts, ${index + 1}))`).join(", ")}
      FROM (SELECT arrayJoin(arrayZip({ranges:Array(String)}, {changes:Array(UInt64)})) AS outdated, outdated.1 AS message_range) AS asked
      LEFT JOIN (
        SELECT message_range, count() AS combinations, min(first_at) AS earliest, max(last_at) AS latest,
          groupArray((${all.join(", ")})) AS counts
        FROM (
          SELECT message_range, ${names}, toInt32(counted_day) AS day, min(first) AS first_at, max(last) AS last_at, ${sums.join(", ")}
          FROM (
            SELECT ${rangeOf} AS message_range, ${names}, bitAnd(one, 15) AS counter,
              intDiv(bitShiftRight(one, 4), ${dayMs}) AS counted_day, count() AS messages,
              min(bitShiftRight(one, 4)) AS first, max(bitShiftRight(one, 4)) AS last
            FROM message_states FINAL
            ARRAY JOIN arrayFilter(one -> one != 0, [${counted.join(", ")}]) AS one
            PREWHERE ${conditions.join(" OR ")}
            GROUP BY message_range, ${names}, counter, counted_day)
          GROUP BY message_range, ${names}, counted_day LIMIT ${mostCombinations + 1} BY message_range)
        GROUP BY message_range) AS found
      USING (message_range)
      SETTINGS max_threads = 1`,
    query_params: parameters,
  });
}
