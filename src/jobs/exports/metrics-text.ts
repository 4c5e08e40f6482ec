/** The lines of a METRICS_DATA file. */
import { guardFormula } from "../../common/spreadsheet-formula.ts";
import { rate } from "../../insights/metrics/definitions.ts";
import type { MetricsSource } from "./data-source.ts";
import type { FileFormat } from "./file-target.ts";
import type { MetricsRow } from "./metrics-rows.ts";

/** The file as a sequence of strings. */
export async function* metricsText(
  source: MetricsSource,
  format: Exclude<FileFormat, "PARQUET">,
  rows: AsyncIterable<MetricsRow>,
): AsyncGenerator<string> {
  const names = source.dimensions.map(([dimension]) => dimension);
  const columns = metricColumns(source);
  if (format === "CSV") {
    yield `${[...names, ...columns.map(({ name }) => name)].join(",")}\n`;
    for await (const row of rows) {
      const dimensions = names.map((_, index) => csvField(String(row[`d${index}`])));
      yield `${[...dimensions, ...columns.map(({ value }) => value(row).toFixed(4))].join(",")}\n`;
    }
    return;
  }
  let started = false;
  for await (const row of rows) {
    const dimensions = names.map(
      (name, index) => `${JSON.stringify(name.toLowerCase())}:${JSON.stringify(row[`d${index}`])}`,
    );
    const metrics = columns.map(({ name, value }) => `${JSON.stringify(name)}:${value(row).toFixed(4)}`);
    const object = `{${dimensions.join(",")},"metrics":{${metrics.join(",")}}}`;
    if (format === "NDJSON") yield `${object}\n`;
    else yield `${started ? "," : "["}${object}`;
    started = true;
  }
  if (format === "JSON") yield started ? "]\n" : "[]\n";
}

/** The metric columns in the requested order: their names, and how to compute their values from a row's volumes. */
export function metricColumns(source: MetricsSource): { name: string; value: (row: MetricsRow) => number }[] {
  return source.metrics.map(({ Name: metric, Aggregation: aggregation = "VOLUME" }) => ({
    name: `${metric}_${aggregation}`,
    value(row) {
      if (metric === undefined) return 0;
      const volumes: Record<string, number> = {};
      for (const [key, value] of Object.entries(row)) volumes[key] = Number(value);
      return aggregation === "RATE" ? rate(metric, volumes) : (volumes[metric] ?? 0);
    },
  }));
}

/** SES quotes nothing in these files; only a value that would break the line is quoted (RFC 4180). */
function csvField(value: string): string {
  const safe = guardFormula(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
