/** The lines of a METRICS_DATA file, from the rows of its query. */

import { rate } from "../../metrics/definitions.ts";
import type { ExportFormat } from "../../stores/postgres/export-jobs.ts";
import type { MetricsSource } from "./data-source.ts";
import { isOpen } from "./metrics-query.ts";

/** A row of `selectMetrics`: `d0`, `d1`, ... and the volumes. */
export type MetricsRow = Readonly<Record<string, string | number>>;

/** How a file's dimensions are walked through. */
export interface Layout {
  /** The dimensions whose values are only known from the rows, by index: rows must come sorted by these. */
  open: readonly number[];
  /** The values of the other dimensions, by index: each combination gets a row, with zeros where nothing happened. */
  listed: ReadonlyMap<number, readonly string[]>;
}

/** ISP as a whole stands for the whole catalogue (so SES does it); of other dimensions only what occurs is known. */
export function layOut(source: MetricsSource, ispCatalogue: readonly string[]): Layout {
  const open: number[] = [];
  const listed = new Map<number, readonly string[]>();
  for (const [index, [dimension, values]] of source.dimensions.entries()) {
    if (!isOpen(values)) listed.set(index, [...new Set(values)]);
    else if (dimension === "ISP") listed.set(index, ispCatalogue);
    else open.push(index);
  }
  return { open, listed };
}

/** Rows with those that are missing put in as zeros. Holds the rows of one combination of open dimensions at a time. */
export async function* fillZeros(rows: AsyncIterable<MetricsRow>, layout: Layout): AsyncGenerator<MetricsRow> {
  let group: MetricsRow[] = [];
  let seen = false;
  const keyOf = (row: MetricsRow) => JSON.stringify(layout.open.map((index) => row[`d${index}`]));
  for await (const row of rows) {
    const [first] = group;
    if (first && keyOf(first) !== keyOf(row)) {
      yield* fillGroup(group, layout);
      group = [];
    }
    group.push(row);
    seen = true;
  }
  // Without open dimensions an empty answer still has its rows of zeros.
  if (seen || layout.open.length === 0) yield* fillGroup(group, layout);
}

function* fillGroup(group: readonly MetricsRow[], layout: Layout): Generator<MetricsRow> {
  const listed = [...layout.listed.keys()];
  const keyOf = (row: MetricsRow) => JSON.stringify(listed.map((index) => row[`d${index}`]));
  const rest = new Map(group.map((row) => [keyOf(row), row]));
  const fixed = Object.fromEntries(layout.open.map((index) => [`d${index}`, group[0]?.[`d${index}`] ?? ""]));
  for (const values of combinations([...layout.listed.values()])) {
    const zeros: MetricsRow = {
      ...fixed,
      ...Object.fromEntries(listed.map((index, at) => [`d${index}`, values[at] ?? ""])),
    };
    const key = keyOf(zeros);
    yield rest.get(key) ?? zeros;
    rest.delete(key);
  }
  // A value outside the catalogue: mail that another system recorded.
  yield* rest.values();
}

function* combinations(lists: readonly (readonly string[])[]): Generator<string[]> {
  const [first, ...others] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first) for (const tail of combinations(others)) yield [value, ...tail];
}

/** A file as a sequence of texts. */
export async function* metricsFile(
  source: MetricsSource,
  format: ExportFormat,
  rows: AsyncIterable<MetricsRow>,
): AsyncGenerator<string> {
  const names = source.dimensions.map(([dimension]) => dimension);
  const columns = source.metrics.map(({ Name: metric, Aggregation: aggregation = "VOLUME" }) => ({
    name: `${metric}_${aggregation}`,
    value: (row: MetricsRow) => {
      if (metric === undefined) return "0.0000";
      const volumes: Record<string, number> = {};
      for (const [key, value] of Object.entries(row)) volumes[key] = Number(value);
      return (aggregation === "RATE" ? rate(metric, volumes) : (volumes[metric] ?? 0)).toFixed(4);
    },
  }));
  if (format === "CSV") {
    yield `${[...names, ...columns.map(({ name }) => name)].join(",")}\n`;
    for await (const row of rows) {
      const dimensions = names.map((_, index) => csvField(String(row[`d${index}`])));
      yield `${[...dimensions, ...columns.map(({ value }) => value(row))].join(",")}\n`;
    }
    return;
  }
  let separator = "[";
  for await (const row of rows) {
    const dimensions = names.map(
      (name, index) => `${JSON.stringify(name.toLowerCase())}:${JSON.stringify(row[`d${index}`])}`,
    );
    const metrics = columns.map(({ name, value }) => `${JSON.stringify(name)}:${value(row)}`);
    yield `${separator}{${dimensions.join(",")},"metrics":{${metrics.join(",")}}}`;
    separator = ",";
  }
  yield separator === "[" ? "[]\n" : "]\n";
}

/** SES quotes nothing in these files; only a value that would break the line is quoted (RFC 4180). */
function csvField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
