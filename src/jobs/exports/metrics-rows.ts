/** The rows of a METRICS_DATA file: the query's rows, and rows of zeros for missing combinations. */

import { type InferOutput, number, record, string, union } from "valibot";
import type { MetricsSource } from "./data-source.ts";
import { isOpen } from "./metrics-query.ts";

/** A row of `selectMetrics`: `d0`, `d1`, ... and the volumes. */
export const metricsRow = record(string(), union([string(), number()]));
export type MetricsRow = Readonly<InferOutput<typeof metricsRow>>;

/** How to enumerate the values of a file's dimensions. */
export interface Layout {
  /** Indexes of dimensions whose values are known only from the rows. Rows must be sorted by them. */
  open: readonly number[];
  /** The values of the other dimensions by index. Each combination gets a row, with zeros if it has no events. */
  listed: ReadonlyMap<number, readonly string[]>;
}

/** For ISP, `*` means the whole catalog, as in SES; for other dimensions, only values that occur are known. */
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

/** Adds the missing rows with zeros. Holds the rows of one combination of open dimensions at a time. */
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
  // Without open dimensions, an empty result still gets rows of zeros.
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
  // Values outside the catalog: mail recorded by another system.
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
