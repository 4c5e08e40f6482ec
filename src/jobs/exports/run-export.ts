/** A run of an export job: from its data source to a complete file in an object store. */
import { hash } from "node:crypto";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { ShownKinds } from "../../events/message-state.ts";
import { ispNames } from "../../mail/isp.ts";
import type { EventDatabase, EventSession } from "../../stores/clickhouse/event-database.ts";
import type { ObjectStore, ObjectWriter } from "../../stores/objects/object-store.ts";
import { downloadBucket, type ExportFormat, type ExportResult } from "../../stores/postgres/export-jobs.ts";
import type { ExportDataSource } from "./data-source.ts";
import { extensionOf, type FileTarget, mediaTypeOf, parseFileTarget } from "./file-target.ts";
import { type ExportContent, messageFile } from "./message-file.ts";
import { metricsFile } from "./metrics-file.ts";

export interface ExportServices extends ShownKinds {
  events: EventDatabase;
  /** Mailglass's own store. */
  objects: ObjectStore;
  /** Opens the store of a bucket named by a caller. */
  openBucket: (bucket: string) => Promise<ObjectStore>;
  /** The maximum number of rows in a MESSAGE_INSIGHTS file; 0 for no limit. */
  maxRows: number;
}

/** The job's input to a run. */
export interface ExportRun {
  jobId: string;
  /** The job's account and region: the file has their messages only. */
  scope: number;
  createdAt: Date;
  run: string;
  source: ExportDataSource;
  format: ExportFormat;
  /** The request's S3Url; undefined for a file to download. */
  destination: string | undefined;
  /**
   * Called before a file appears in one of the caller's buckets, where it replaces an existing file. Rejects if the run
   * has lost the job.
   */
  finishing: () => Promise<void>;
  /** Aborts when the job is canceled or taken over, or the server stops. */
  signal: AbortSignal;
  /** Called periodically with the number of records processed so far. */
  progress: (records: number) => void;
}

/** A written file. */
export interface WrittenExport extends ExportResult {
  /** Whether it is in Mailglass's own store, where its key is used by this run only. */
  own: boolean;
}

/** The default of MaxResults (from the model's documentation). */
const defaultMaxResults = 1_000;

/** Writes the file. If the run fails or is aborted, it throws and leaves no file. */
export async function runExport(services: ExportServices, run: ExportRun): Promise<WrittenExport> {
  const { events, objects, openBucket } = services;
  const { signal } = run;
  const target = targetOf(run);
  const { objectKey, fileName } = placeOf(run, target);
  const own = target.bucket === downloadBucket;
  const store = own ? objects : await openBucket(target.bucket);
  const session = await events.openSession();
  try {
    const writer = await store.write(objectKey, mediaTypeOf(target.format, target.gzip));
    try {
      const content = contentOf(session, services, run, { ...target, appendWith: writer.appendWith });
      const bytes = target.gzip
        ? Readable.from(content.bytes, { objectMode: false }).compose(createGzip())
        : content.bytes;
      for await (const chunk of bytes) {
        await writer.write(chunk);
        signal.throwIfAborted();
      }
      if (!own) await run.finishing();
      await writer.finish();
      return { ...content.counts(), objectKey, fileName, own };
    } catch (error) {
      await writer.abort();
      throw error;
    }
  } finally {
    await session.close();
  }
}

function targetOf({ destination, format }: ExportRun): FileTarget {
  if (destination === undefined) return { bucket: downloadBucket, key: "", format, gzip: false };
  const target = parseFileTarget(destination, format);
  // An invalid destination was rejected with the request.
  if (!target) throw new Error(`invalid destination: ${destination}`);
  return target;
}

function contentOf(
  session: EventSession,
  { events, messages, machines, maxRows }: ExportServices,
  { scope, source, signal, progress, jobId }: ExportRun,
  { format, gzip, appendWith }: FileTarget & Pick<ObjectWriter, "appendWith">,
): ExportContent {
  if (source.type === "METRICS_DATA")
    return metricsFile(events, session, { source, format, scope, messages, machines, ispNames, signal });
  const limit = rowLimit(source.maxResults, maxRows);
  const plain = gzip ? undefined : appendWith;
  return messageFile(session, {
    source,
    format,
    scope,
    messages,
    machines,
    limit,
    seed: jobId,
    signal,
    progress,
    appendWith: plain,
  });
}

/** The maximum number of rows in a file, from the request and the setting (0 for no limit). */
export function rowLimit(maxResults: number | undefined, maxRows: number): number {
  if (maxRows === 0) return maxResults ?? Number.MAX_SAFE_INTEGER;
  return Math.min(maxResults ?? defaultMaxResults, maxRows);
}

/** A file to download has a separate key per run, so that no two runs write to it. Elsewhere, all runs share a key. */
function placeOf(run: ExportRun, { bucket, key, format, gzip }: FileTarget) {
  const given = key.slice(key.lastIndexOf("/") + 1);
  const fileName = given === "" ? `${baseName(run)}.${extensionOf(format, gzip)}` : given;
  const folder = key.slice(0, key.length - given.length);
  const objectKey = bucket === downloadBucket ? `exports/${run.jobId}/${run.run}/${fileName}` : `${folder}${fileName}`;
  return { objectKey, fileName };
}

/** Follows SES's file names. The same for each run of a job. */
function baseName({ jobId, createdAt, source }: ExportRun): string {
  const [day = "", time = ""] = createdAt.toISOString().split("T");
  const stamp = `${day.replaceAll("-", "")}_${time.slice(0, 8).replaceAll(":", "")}`;
  return source.type === "METRICS_DATA"
    ? `ses-metrics-${stamp}-${jobId}`
    : `${stamp}_${hash("sha256", jobId).slice(0, 10)}`;
}
