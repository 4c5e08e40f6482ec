/** The query of a METRICS_DATA file: a row of volumes for each existing combination of dimension values. */
import type { Metric } from "@aws-sdk/client-sesv2";
import type { Shown } from "../../events/message-state.ts";
import { countColumnOf, messagesColumn } from "../../insights/metrics/count-columns.ts";
import type { CountedRanges } from "../../insights/metrics/counted-ranges.ts";
import { countMetric, inInterval, metricDefinitions } from "../../insights/metrics/definitions.ts";
import { columnsOf, dimensionColumn, matchesDimension } from "../../insights/metrics/dimensions.ts";
import { storedCountable, storedInInterval, sumCounts } from "../../insights/metrics/sum-counts.ts";
import type { MetricsSource } from "./data-source.ts";
import type { Query } from "./message-query.ts";

/** Results are small, so the query reads in blocks of ClickHouse's default size, not in those of a stream. */
const settings = "max_block_size = 65409";

/** Whether a dimension is requested as a whole instead of by values. */
export function isOpen(values: readonly string[]): boolean {
  return values.includes("*");
}

/** A query for one number: the messages sent in the interval. */
export function countSent(source: MetricsSource, ranges: CountedRanges, shown: Shown): Query {
  const { sql, parameters } = sumCounts(
    {
      groups: [],
      sums: [{ name: "examined", stored: `sum(${messagesColumn})`, live: "count()" }],
      columns: [messagesColumn],
      conditions: [],
      onlyStored: storedInInterval,
      onlyLive: inInterval("sent_at"),
      parameters: interval(source),
    },
    ranges,
    shown,
  );
  return { sql: `${sql} SETTINGS ${settings}`, parameters };
}

/**
 * Volumes by dimension: columns `d0`, `d1`, ... in the requested order, then one for each metric needed.
 * Rows are sorted by the dimensions in `order`. There is a row for all mail that could count in the interval, even if all
 * its volumes are 0.
 * @param ranges for the same interval
 */
export function selectMetrics(
  source: MetricsSource,
  ranges: CountedRanges,
  shown: Shown,
  order: readonly number[],
): Query {
  const { machines } = shown;
  const given: Record<string, readonly string[]> = {};
  const conditions: string[] = [];
  const columns = new Set([messagesColumn]);
  const groups = source.dimensions.map(([dimension, values], index) => {
    const column = dimensionColumn[dimension];
    for (const used of columnsOf(dimension)) columns.add(used);
    let sql = `toString(${column})`;
    if (isOpen(values)) {
      // Mail without a value (no configuration set, no tenant) is in none of the dimension's rows.
      conditions.push(`${column} != ''`);
    } else if (dimension === "EMAIL_IDENTITY") {
      given[`values${index}`] = values;
      // A message may count for several values: its address and the domain of the address.
      sql = `arrayJoin(arrayFilter(value -> ${matchesDimension(dimension, "value")}, {values${index}:Array(String)}))`;
    } else {
      given[`values${index}`] = values;
      conditions.push(`${column} IN {values${index}:Array(String)}`);
    }
    return { name: `d${index}`, stored: sql, live: sql };
  });
  const sums = neededMetrics(source).map((metric) => {
    const counter = countColumnOf(metric, machines);
    columns.add(counter);
    return {
      name: metric,
      stored: `sumIf(${counter}, first_at >= {start:Int64})`,
      live: `toUInt64(${countMetric(metric, machines)})`,
    };
  });
  const { sql, parameters } = sumCounts(
    {
      groups,
      sums,
      columns: [...columns],
      conditions,
      onlyStored: storedCountable,
      onlyLive: "1",
      parameters: { ...interval(source), ...given },
    },
    ranges,
    shown,
  );
  const names = [...order.map((index) => `d${index}`), ...groups.map(({ name }) => name)];
  return { sql: `SELECT * FROM (${sql}) ORDER BY ${names.join(", ")} SETTINGS ${settings}`, parameters };
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

function interval(source: MetricsSource): { start: number; end: number } {
  return { start: source.start.getTime(), end: source.end.getTime() };
}
