/** The query behind a METRICS_DATA file: a row of volumes for each combination of dimension values that occurs. */
import type { Metric } from "@aws-sdk/client-sesv2";
import { type Shown, scopeCondition } from "../../events/message-state.ts";
import { countableMessages, countMetric, inInterval, metricDefinitions } from "../../insights/metrics/definitions.ts";
import { dimensionColumn, matchesDimension } from "../../insights/metrics/dimensions.ts";
import type { MetricsSource } from "./data-source.ts";
import type { Query } from "./message-query.ts";

/** The rows of a result are few: what is read for them comes in ClickHouse's own blocks, not in those of a stream. */
const settings = "max_block_size = 65409";

/** Whether a dimension is asked for as a whole, not by values. */
export function isOpen(values: readonly string[]): boolean {
  return values.includes("*");
}

/** A query for one number: the messages sent in the interval. */
export function countSent(source: MetricsSource, { scope }: Pick<Shown, "scope">): Query {
  return {
    sql: `SELECT count() AS examined FROM message_states FINAL WHERE ${inInterval("sent_at")} AND ${scopeCondition(scope)}
      SETTINGS ${settings}`,
    parameters: interval(source),
  };
}

/**
 * Volumes by dimension: columns `d0`, `d1`, ... in the order asked for, then one for each metric needed.
 * Rows come sorted by the dimensions in `order`.
 */
export function selectMetrics(source: MetricsSource, { scope, machines }: Shown, order: readonly number[]): Query {
  const parameters: Record<string, unknown> = interval(source);
  const dimensions: string[] = [];
  const conditions = [countableMessages(), scopeCondition(scope)];
  for (const [index, [dimension, values]] of source.dimensions.entries()) {
    const column = dimensionColumn[dimension];
    if (isOpen(values)) {
      // Mail that has no value (no configuration set, no tenant) is in none of the dimension's rows.
      conditions.push(`${column} != ''`);
      dimensions.push(`${column} AS d${index}`);
      continue;
    }
    parameters[`values${index}`] = values;
    if (dimension === "EMAIL_IDENTITY") {
      // One message may count for several values: its address, and the domain of that.
      const matches = `value -> ${matchesDimension(dimension, "value")}`;
      dimensions.push(`arrayJoin(arrayFilter(${matches}, {values${index}:Array(String)})) AS d${index}`);
    } else {
      conditions.push(`${column} IN {values${index}:Array(String)}`);
      dimensions.push(`${column} AS d${index}`);
    }
  }
  const metrics = neededMetrics(source).map((metric) => `toUInt64(${countMetric(metric, machines)}) AS ${metric}`);
  const names = source.dimensions.map((_, index) => `d${index}`);
  return {
    sql: `SELECT ${[...dimensions, ...metrics].join(", ")} FROM message_states FINAL
      WHERE ${conditions.join(" AND ")} GROUP BY ${names.join(", ")}
      ORDER BY ${[...order.map((index) => `d${index}`), ...names].join(", ")}
      SETTINGS ${settings}`,
    parameters,
  };
}

/** The metrics asked for and what their rates are measured against, each once. */
function neededMetrics(source: MetricsSource): Metric[] {
  const needed = new Set<Metric>();
  for (const { Name: name } of source.metrics) {
    if (name === undefined) continue;
    needed.add(name);
    needed.add(metricDefinitions[name].outOf);
  }
  return [...needed];
}

function interval(source: MetricsSource): Record<string, unknown> {
  return { start: source.start.getTime(), end: source.end.getTime() };
}
