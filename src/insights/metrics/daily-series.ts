/** The query of BatchGetMetricData: daily counts of a metric (UTC). */
import type { Metric } from "@aws-sdk/client-sesv2";
import { inScopeCondition, type Shown, sesCondition } from "../../events/message-state.ts";
import type { StreamedQuery } from "../../stores/clickhouse/event-database.ts";
import { countableMessages, countedAt, isCounted } from "./definitions.ts";
import { isDimension, matchesDimension } from "./dimensions.ts";

/** One metric over an interval; `end` is exclusive. */
export interface DailySeries {
  metric: Metric;
  start: Date;
  end: Date;
  /** The required value of each dimension. */
  dimensions: Readonly<Record<string, string>>;
}

/** A query for rows of `day` (epoch seconds at midnight) and `value`, oldest first; days with none are left out. */
export function selectDailySeries(series: DailySeries, shown: Shown): StreamedQuery {
  const { machines } = shown;
  const own = inScopeCondition(shown);
  const parameters: Record<string, unknown> = {
    start: series.start.getTime(),
    end: series.end.getTime(),
    ...own.parameters,
  };
  const conditions = [countableMessages(), isCounted(series.metric, machines), sesCondition(shown)];
  for (const [index, [dimension, value]] of Object.entries(series.dimensions).entries()) {
    if (!isDimension(dimension)) continue;
    parameters[`value${index}`] = value;
    conditions.push(matchesDimension(dimension, `{value${index}:String}`));
  }
  return {
    sql: `SELECT toUnixTimestamp(toStartOfDay(${countedAt(series.metric, machines)}, 'UTC')) AS day, count() AS value FROM message_states FINAL
      PREWHERE ${own.sql} WHERE ${conditions.map((condition) => `(${condition})`).join(" AND ")} GROUP BY day ORDER BY day`,
    parameters,
  };
}
