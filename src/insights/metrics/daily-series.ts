/** The query of BatchGetMetricData: daily counts of a metric (UTC). */
import type { Metric } from "@aws-sdk/client-sesv2";
import type { Shown } from "../../events/message-state.ts";
import type { StreamedQuery } from "../../stores/clickhouse/event-database.ts";
import { countColumnOf } from "./count-columns.ts";
import type { CountedRanges } from "./counted-ranges.ts";
import { countedAt, isCounted } from "./definitions.ts";
import { columnsOf, isDimension, matchesDimension } from "./dimensions.ts";
import { storedInInterval, sumCounts } from "./sum-counts.ts";

/** One metric over an interval; `end` is exclusive. */
export interface DailySeries {
  metric: Metric;
  start: Date;
  end: Date;
  /** The required value of each dimension. */
  dimensions: Readonly<Record<string, string>>;
}

/**
 * A query for rows of `day` (epoch seconds at midnight) and `value`, oldest first; days with none are left out.
 * @param ranges for the same interval
 */
export function selectDailySeries(series: DailySeries, ranges: CountedRanges, shown: Shown): StreamedQuery {
  const { metric, start, end, dimensions } = series;
  const values: Record<string, string> = {};
  const conditions: string[] = [];
  const column = countColumnOf(metric, shown.machines);
  const columns = ["day", column];
  for (const [index, [dimension, value]] of Object.entries(dimensions).entries()) {
    if (!isDimension(dimension)) continue;
    values[`value${index}`] = value;
    conditions.push(matchesDimension(dimension, `{value${index}:String}`));
    columns.push(...columnsOf(dimension));
  }
  const startOfDay = `toStartOfDay(${countedAt(metric, shown.machines)}, 'UTC')`;
  const { sql, parameters } = sumCounts(
    {
      groups: [{ name: "midnight", stored: "toUInt32(day * 86400)", live: `toUnixTimestamp(${startOfDay})` }],
      sums: [{ name: "value", stored: `sum(${column})`, live: "count()" }],
      columns,
      conditions,
      onlyStored: `${storedInInterval} AND ${column} > 0`,
      onlyLive: isCounted(metric, shown.machines),
      parameters: { start: start.getTime(), end: end.getTime(), ...values },
    },
    ranges,
    shown,
  );
  return { sql: `SELECT midnight AS day, value FROM (${sql}) ORDER BY day`, parameters };
}
