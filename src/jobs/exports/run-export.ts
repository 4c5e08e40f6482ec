/** One run of one export job: from its data source to a whole file in the object store. */
import { randomBytes } from "node:crypto";
import type { Recorder } from "../../events/recorder.ts";
import { ispNames } from "../../mail/isp.ts";
import type { EventDatabase, EventSession } from "../../stores/clickhouse/event-database.ts";
import type { ObjectStore, ObjectWriter } from "../../stores/objects/object-store.ts";
import type { ExportFormat, ExportResult } from "../../stores/postgres/export-jobs.ts";
import type { ExportDataSource, MessageInsightsSource, MetricsSource } from "./data-source.ts";
import { countMessages, csvHeader, type Query, selectMessages } from "./message-query.ts";
import { fillZeros, layOut, type MetricsRow, metricsFile } from "./metrics-file.ts";
import { countSent, selectMetrics } from "./metrics-query.ts";
import { createRowCounter } from "./row-counter.ts";

/** What a run works with. */
export interface ExportServices {
  events: EventDatabase;
  objects: ObjectStore;
  recorder: Recorder;
  clock: () => Date;
  /** Which messages are shown: all, or those that SES would show. */
  scope: "all" | "ses";
  /** The most rows of a message-insights file; 0 for no limit. */
  maxRows: number;
}

/** The job, as a run sees it. */
export interface ExportRun {
  jobId: string;
  run: string;
  source: ExportDataSource;
  format: ExportFormat;
  /** Aborts when the job is cancelled or taken over, or the server stops. */
  signal: AbortSignal;
  /** Told now and then how many records have been processed. */
  progress: (records: number) => void;
}

/** Rows where MaxResults is not given (the model's documentation). */
const defaultMaxResults = 1_000;

/** Writes the file. Throws when the run fails or is aborted; nothing of the file is left then. */
export async function runExport(services: ExportServices, run: ExportRun): Promise<ExportResult> {
  const { events, objects, recorder, clock } = services;
  const { source, format, signal } = run;
  // What was acknowledged before the job was created must be in the file.
  await recorder.drained(signal);
  const fileName = fileNameOf(run, clock());
  const objectKey = `exports/${run.jobId}/${run.run}/${fileName}`;
  const session = await events.openSession();
  let writer: ObjectWriter | undefined;
  try {
    writer = await objects.write(objectKey, format === "CSV" ? "text/csv; charset=utf-8" : "application/json");
    const counts =
      source.type === "MESSAGE_INSIGHTS"
        ? await writeMessages(session, writer, source, services, run)
        : await writeMetrics(session, writer, source, services, run);
    signal.throwIfAborted();
    await writer.finish();
    return { ...counts, objectKey, fileName };
  } catch (error) {
    await writer?.abort();
    throw error;
  } finally {
    await session.close();
  }
}

type Counts = Pick<ExportResult, "processedRecords" | "exportedRecords">;

async function writeMessages(
  session: EventSession,
  writer: ObjectWriter,
  source: MessageInsightsSource,
  { scope, maxRows }: ExportServices,
  { format, signal, progress, jobId }: ExportRun,
): Promise<Counts> {
  const [count] = await readRows(session, countMessages(source, scope), signal);
  const examined = Number(count?.examined ?? 0);
  const matched = Number(count?.matched ?? 0);
  const limit = rowLimit(source.maxResults, maxRows);
  const query = selectMessages(source, {
    format,
    scope,
    limit,
    seed: matched > limit ? jobId : undefined,
  });
  const counter = createRowCounter(format);
  // Framing in JSON: every row comes as `,{...}\n`; the first loses its comma.
  await writer.write(Buffer.from(format === "CSV" ? csvHeader : "[\n"));
  let first = true;
  for await (const chunk of await session.stream({ ...query, format: "RawBLOB", signal })) {
    counter.add(chunk);
    await writer.write(first && format === "JSON" ? chunk.subarray(1) : chunk);
    first = false;
    progress(Math.min(examined, Math.round((examined * counter.rows()) / Math.max(1, Math.min(matched, limit)))));
  }
  if (format === "JSON") await writer.write(Buffer.from("]\n"));
  return { processedRecords: examined, exportedRecords: counter.rows() };
}

/** How many rows a file may have at most. */
function rowLimit(maxResults: number | undefined, maxRows: number): number {
  if (maxRows === 0) return maxResults ?? Number.MAX_SAFE_INTEGER;
  return Math.min(maxResults ?? defaultMaxResults, maxRows);
}

async function writeMetrics(
  session: EventSession,
  writer: ObjectWriter,
  source: MetricsSource,
  { scope }: ExportServices,
  { format, signal }: ExportRun,
): Promise<Counts> {
  const [count] = await readRows(session, countSent(source, scope), signal);
  const layout = layOut(source, ispNames);
  let exported = 0;
  async function* rows(): AsyncGenerator<MetricsRow> {
    const query = selectMetrics(source, scope, layout.open);
    for await (const row of fillZeros(session.rows<MetricsRow>({ ...query, signal }), layout)) {
      exported++;
      yield row;
    }
  }
  let text = "";
  for await (const piece of metricsFile(source, format, rows())) {
    text += piece;
    if (text.length < 64 * 1024) continue;
    await writer.write(Buffer.from(text));
    text = "";
  }
  await writer.write(Buffer.from(text));
  return { processedRecords: Number(count?.examined ?? 0), exportedRecords: exported };
}

async function readRows(session: EventSession, query: Query, signal: AbortSignal) {
  const rows: Record<string, string | number>[] = [];
  for await (const row of session.rows<Record<string, string | number>>({ ...query, signal })) rows.push(row);
  return rows;
}

/** Named as SES names its files. */
function fileNameOf({ jobId, source, format }: ExportRun, now: Date): string {
  const [day = "", time = ""] = now.toISOString().split("T");
  const stamp = `${day.replaceAll("-", "")}_${time.slice(0, 8).replaceAll(":", "")}`;
  const extension = format.toLowerCase();
  return source.type === "METRICS_DATA"
    ? `ses-metrics-${stamp}-${jobId}.${extension}`
    : `${stamp}_${randomBytes(5).toString("hex")}.${extension}`;
}
