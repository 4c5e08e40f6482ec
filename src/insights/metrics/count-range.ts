/** Counts a range of messages and stores the counts. */
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { isTimedId, type OutdatedRange } from "../../stores/clickhouse/metric-changes.ts";
import { countColumns } from "./count-columns.ts";
import { milliseconds } from "./definitions.ts";

/** The dimensions of the counts: columns of both `message_states` and `metric_counts`. */
const dimensions = ["scope", "isp", "source", "identity", "configuration_set", "tenant", "in_ses_scope"] as const;
/** A row of counts with more combinations would take tens of megabytes. */
const mostCombinations = 100_000;
const dayMs = 24 * 3_600_000;

/**
 * Counts a range and replaces its counts.
 * @param range with the changes that were read before everything that they stand for was certainly recorded
 */
export async function countRange(
  { client }: Pick<EventDatabase, "client">,
  { range, changes }: OutdatedRange,
): Promise<void> {
  // One number for each column that a message counts in, the column in the last four bits: tuples take twice as long.
  const counted = countColumns.map(({ at, only }, index) => `if(${only}, ${milliseconds(at)} * 16 + ${index + 1}, 0)`);
  const inRange = range === "" ? `NOT (${isTimedId})` : `startsWith(message_id, {range:String}) AND ${isTimedId}`;
  const names = dimensions.join(", ");
  const columns = ["day", "first_at", "last_at", ...countColumns.map(({ name }) => name)];
  const all = [...dimensions, ...columns];
  const sums = countColumns.map(({ name }, index) => `toUInt32(sumIf(messages, counter = ${index + 1})) AS ${name}`);
  await client.command({
    query: `INSERT INTO metric_counts (message_range, changes, too_many, begins, ends, ${all.join(", ")})
      SELECT {range:String}, {changes:UInt64}, count() > ${mostCombinations} AS is_too_many, min(first_at), max(last_at),
        ${all.map((_, index) => `if(is_too_many, [], arrayMap(one -> one.${index + 1}, groupArray(counts) AS rows))`).join(", ")}
      FROM (SELECT first_at, last_at, (${all.join(", ")}) AS counts FROM (
        SELECT ${names}, toInt32(intDiv(min(first), ${dayMs})) AS day, min(first) AS first_at, max(last) AS last_at, ${sums.join(", ")}
        FROM (
          SELECT ${names}, bitAnd(one, 15) AS counter, intDiv(bitShiftRight(one, 4), ${dayMs}) AS counted_day,
            count() AS messages, min(bitShiftRight(one, 4)) AS first, max(bitShiftRight(one, 4)) AS last
          FROM message_states FINAL
          ARRAY JOIN arrayFilter(one -> one != 0, [${counted.join(", ")}]) AS one
          PREWHERE ${inRange}
          GROUP BY ${names}, counter, counted_day)
        GROUP BY ${names}, counted_day LIMIT ${mostCombinations + 1}))
      SETTINGS max_threads = 1`,
    query_params: { range, changes },
  });
}
