/** The query of a METRICS_DATA file: a row of volumes for each existing combination of dimension values. */
import type { Metric } from "@aws-sdk/client-sesv2";
import { inScopeCondition, type Shown, sesCondition } from "../../events/message-state.ts";
import { countableMessages, countMetric, inInterval, metricDefinitions } from "../../insights/metrics/definitions.ts";
import { dimensionColumn, matchesDimension } from "../../insights/metrics/dimensions.ts";
import type { MetricsSource } from "./data-source.ts";
import type { Query } from "./message-query.ts";

/** Results are small, so the query reads in blocks of ClickHouse's default size, not in those of a stream. */
const settings = "max_block_size = 65409";

/** Whether a dimension is requested as a whole instead of by values. */
export function isOpen(values: readonly string[]): boolean {
  return values.includes("*");
}

/** A query for one number: the messages sent in the interval. */
export function countSent(source: MetricsSource, shown: Pick<Shown, "scope" | "messages">): Query {
  const own = inScopeCondition(shown);
  return {
    sql: `SELECT count() AS examined FROM message_states FINAL PREWHERE ${own.sql}
      WHERE ${inInterval("sent_at")} AND ${sesCondition(shown)} SETTINGS ${settings}`,
    parameters: { ...interval(source), ...own.parameters },
  };
}

/**
 * Volumes by dimension: columns `d0`, `d1`, ... in the requested order, then one for each metric needed.
 * Rows are sorted by the dimensions in `order`.
 */
export function selectMetrics(source: MetricsSource, shown: Shown, order: readonly number[]): Query {
  const { machines } = shown;
  const own = inScopeCondition(shown);
  const parameters: Record<string, unknown> = { ...interval(source), ...own.parameters };
  const dimensions: string[] = [];
  const conditions = [countableMessages(), sesCondition(shown)];
  for (const [index, [dimension, values]] of source.dimensions.entries()) {
    const column = dimensionColumn[dimension];
    if (isOpen(values)) {
      // Mail without a value (no configuration set, no tenant) is in none of the dimension's rows.
      conditions.push(`${column} != ''`);
      dimensions.push(`${column} AS d${index}`);
      continue;
    }
    parameters[`values${index}`] = values;
    if (dimension === "EMAIL_IDENTITY") {
      // A message may count for several values: its address and the domain of the address.
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
      PREWHERE ${own.sql} WHERE ${conditions.join(" AND ")} GROUP BY ${names.join(", ")}
      ORDER BY ${[...order.map((index) => `d${index}`), ...names].join(", ")}
      SETTINGS ${settings}`,
    parameters,
  };
}

/** The requested metrics and the denominators of their rates, without duplicates. */
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
