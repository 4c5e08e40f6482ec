/** Generates a METRICS_DATA file and counts the messages examined for it. */
import { number, object } from "valibot";
import type { Shown } from "../../events/message-state.ts";
import { type CountedRanges, readCountedRanges } from "../../insights/metrics/counted-ranges.ts";
import type { EventDatabase, EventSession } from "../../stores/clickhouse/event-database.ts";
import type { MetricsSource } from "./data-source.ts";
import type { FileFormat } from "./file-target.ts";
import type { ExportContent } from "./message-file.ts";
import { countSent, selectMetrics } from "./metrics-query.ts";
import { fillZeros, layOut, type MetricsRow, metricsRow } from "./metrics-rows.ts";
import { metricColumns, metricsText } from "./metrics-text.ts";
import { type ParquetColumn, type ParquetValue, parquetFile } from "./parquet.ts";

/** The metrics and the format of the file. */
export interface MetricsFileOptions extends Shown {
  source: MetricsSource;
  format: FileFormat;
  /** The providers that `*` expands to for ISP. */
  ispNames: readonly string[];
  signal: AbortSignal;
}

/** Text is buffered to about this many characters before it is written. */
const chunkLength = 64 * 1024;

const countRow = object({ examined: number() });

/** @param events the database of the session */
export function metricsFile(
  events: Pick<EventDatabase, "client" | "isUnused">,
  session: EventSession,
  options: MetricsFileOptions,
): ExportContent {
  const { source, format, ispNames, signal } = options;
  let exported = 0;
  let examined = 0;
  return { bytes: bytes(), counts: () => ({ processedRecords: examined, exportedRecords: exported }) };

  async function* bytes(): AsyncGenerator<Uint8Array> {
    const ranges = await readCountedRanges(events, source, signal);
    // Concurrently with the rows, not before them: both may have to read messages.
    const counting = count(ranges);
    // A failure is handled at the await. Until then, it must not end the process.
    counting.catch(() => {});
    if (format === "PARQUET") yield* parquetOf(source, rows(ranges));
    else yield* gather(metricsText(source, format, rows(ranges)));
    await counting;
  }

  async function count(ranges: CountedRanges): Promise<void> {
    for await (const row of session.rows(countRow, { ...countSent(source, ranges, options), signal })) {
      examined = row.examined;
    }
  }

  async function* rows(ranges: CountedRanges): AsyncGenerator<MetricsRow> {
    const layout = layOut(source, ispNames);
    const query = selectMetrics(source, ranges, options, layout.open);
    for await (const row of fillZeros(session.rows(metricsRow, { ...query, signal }), layout)) {
      exported++;
      yield row;
    }
  }
}

async function* gather(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let gathered = "";
  for await (const text of texts) {
    gathered += text;
    if (gathered.length < chunkLength) continue;
    yield Buffer.from(gathered);
    gathered = "";
  }
  yield Buffer.from(gathered);
}

function parquetOf(source: MetricsSource, rows: AsyncIterable<MetricsRow>): AsyncGenerator<Uint8Array> {
  const metrics = metricColumns(source);
  const columns: ParquetColumn[] = [
    ...source.dimensions.map(([dimension]): ParquetColumn => ({ name: dimension.toLowerCase(), type: "STRING" })),
    ...metrics.map(({ name }): ParquetColumn => ({ name, type: "DOUBLE" })),
  ];
  async function* values(): AsyncGenerator<ParquetValue[]> {
    for await (const row of rows) {
      const dimensions = source.dimensions.map((_, index) => String(row[`d${index}`]));
      yield [...dimensions, ...metrics.map(({ value }) => value(row))];
    }
  }
  return parquetFile(columns, values());
}
