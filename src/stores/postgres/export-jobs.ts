/**
 * Export jobs and their states:
 *
 *   CREATED --claim--> PROCESSING --finish--> COMPLETED | FAILED
 *      \------cancel------/ \--cancel--> CANCELLED
 *
 * A worker claims a job for a run and renews the claim while it works. If the claim expires because the worker died,
 * another run can claim the job; the earlier run can then no longer change it. A final state never changes.
 * A run that writes into one of the caller's buckets records this just before its file appears there. From then on the
 * job can't be canceled, so no file appears under the caller's key after the job has ended without one.
 *
 * A job belongs to a scope. Statements for callers see the jobs of their scope only; those of workers and of the removal
 * of old jobs work across scopes.
 */
import type { ExportDataSource } from "@aws-sdk/client-sesv2";
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";
import {
  changeRun,
  claimJob,
  countRuns,
  type JobTable,
  postponeJob,
  type Renewal,
  releaseJob,
  renewJob,
} from "./job-claims.ts";

export type ExportStatus = "CREATED" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELLED";
export type ExportSource = "METRICS_DATA" | "MESSAGE_INSIGHTS";
export type ExportFormat = "CSV" | "JSON";

export interface ExportJobRow {
  id: string;
  scope: number;
  /** Increases with each job created. */
  position: number;
  source_type: ExportSource;
  status: ExportStatus;
  data_format: ExportFormat;
  /** A `StoredDataSource` unless another version wrote something else: whoever uses it parses it, so that one such job holds up no other. */
  data_source: unknown;
  /** The request's S3Url. */
  destination: string | null;
  created_at: Date;
  completed_at: Date | null;
  processed_records: number | null;
  exported_records: number | null;
  error_message: string | null;
  object_key: string | null;
  file_name: string | null;
  run: string | null;
  runs: number;
}

/** The input for a new job. */
export interface NewExportJob {
  id: string;
  sourceType: ExportSource;
  format: ExportFormat;
  dataSource: ExportDataSource;
  /** The request's S3Url. */
  destination?: string | undefined;
  now: Date;
}

/** The result of a finished run. */
export interface ExportResult {
  processedRecords: number;
  exportedRecords: number;
  objectKey: string;
  fileName: string;
}

const columns = `id, scope, position, source_type, status, data_format, data_source, destination, created_at, completed_at,
  processed_records, exported_records, error_message, object_key, file_name, run, runs`;

const table: JobTable = { name: "export_jobs", columns, reset: ", finishing = false" };

/** Adds a job unless `limit` jobs of its source are open in the scope; returns whether it was added. */
export async function insertExportJob(database: ScopedDatabase, job: NewExportJob, limit: number): Promise<boolean> {
  return database.transaction(async (transaction) => {
    // Prevents two concurrent requests from both taking the last free slot.
    await transaction.query("SELECT pg_advisory_xact_lock(hashtext('export_jobs'))");
    const added = await transaction.query<{ id: string }>(
      `INSERT INTO export_jobs (scope, id, source_type, status, data_format, data_source, destination, created_at)
       SELECT $8::integer, $1, $2, 'CREATED', $3, $4::json, $7, $5
       WHERE (SELECT count(*) FROM export_jobs
         WHERE scope = $8::integer AND source_type = $2 AND status IN ('CREATED', 'PROCESSING')) < $6::bigint
       RETURNING id`,
      [
        ...[job.id, job.sourceType, job.format, JSON.stringify(job.dataSource), job.now, limit],
        ...[job.destination ?? null, transaction.scope],
      ],
    );
    return added.length === 1;
  });
}

/** The scope's job with this ID; undefined if it has none. */
export async function findExportJob(database: ScopedQueryable, id: string): Promise<ExportJobRow | undefined> {
  const [job] = await database.query<ExportJobRow>(`SELECT ${columns} FROM export_jobs WHERE id = $1 AND scope = $2`, [
    id,
    database.scope,
  ]);
  return job;
}

/** The job with this ID in any scope, for a request whose signed URL proves that it may have the job's file. */
export async function findExportJobOfUrl(database: Queryable, id: string): Promise<ExportJobRow | undefined> {
  const [job] = await database.query<ExportJobRow>(`SELECT ${columns} FROM export_jobs WHERE id = $1`, [id]);
  return job;
}

/** The scope's jobs with a position below `before`, newest first. */
export async function listExportJobs(
  database: ScopedQueryable,
  filter: { before?: number; sourceType?: string; status?: string; limit: number },
): Promise<ExportJobRow[]> {
  return database.query<ExportJobRow>(
    `SELECT ${columns} FROM export_jobs
     WHERE scope = $5 AND ($1::bigint IS NULL OR position < $1) AND ($2::text IS NULL OR source_type = $2)
       AND ($3::text IS NULL OR status = $3)
     ORDER BY position DESC LIMIT $4`,
    [filter.before ?? null, filter.sourceType ?? null, filter.status ?? null, filter.limit, database.scope],
  );
}

/** Cancels a job of the scope that has not ended and whose file is not about to appear; returns whether it was canceled. */
export async function cancelExportJob(database: ScopedQueryable, id: string, now: Date): Promise<boolean> {
  const rows = await database.query<{ id: string }>(
    `UPDATE export_jobs SET status = 'CANCELLED', completed_at = $2, run = NULL, run_expires_at = NULL
     WHERE id = $1 AND scope = $3 AND status IN ('CREATED', 'PROCESSING')
       AND (NOT finishing OR run_expires_at IS NULL OR run_expires_at <= now()) RETURNING id`,
    [id, now, database.scope],
  );
  return rows.length === 1;
}

/** Claims the oldest unclaimed job of any scope for a run. The claim expires after `seconds` unless it is renewed. */
export function claimExportJob(database: Queryable, run: string, seconds: number): Promise<ExportJobRow | undefined> {
  return claimJob(database, table, run, seconds);
}

/** Renews a run's claim and stores its progress in records; false if the run has lost the job (canceled, taken over). */
export function renewExportJob(database: Queryable, renewal: Renewal): Promise<boolean> {
  return renewJob(database, table, renewal, ", processed_records = coalesce($3::bigint, processed_records)");
}

/** See `countRuns`. */
export function countExportRuns(database: Queryable, run: string): Promise<number | undefined> {
  return countRuns(database, table, run);
}

/**
 * Waits without the run counting as one, so that processes that end during a wait don't use up the job's runs. Throws
 * what the wait throws.
 */
export async function waitUncounted(database: Queryable, run: string, wait: () => Promise<void>): Promise<void> {
  await changeRun(database, table, { run, set: "runs = runs - 1" });
  try {
    await wait();
  } finally {
    await changeRun(database, table, { run, set: "runs = runs + 1" });
  }
}

/** Records that a run's file is about to appear under the caller's key; false if the run has lost the job. */
export function startFinishing(database: Queryable, run: string): Promise<boolean> {
  return changeRun(database, table, { run, set: "finishing = true" });
}

/** Completes a run's job; false if the run has lost the job, in which case its file must be deleted. */
export function completeExportJob(database: Queryable, run: string, result: ExportResult, now: Date): Promise<boolean> {
  const { processedRecords, exportedRecords, objectKey, fileName } = result;
  const set = `status = 'COMPLETED', completed_at = $2, processed_records = $3, exported_records = $4, object_key = $5,
    file_name = $6, run = NULL, run_expires_at = NULL`;
  const values = [now, processedRecords, exportedRecords, objectKey, fileName];
  return changeRun(database, table, { run, set, values });
}

/** Fails a run's job with a message for the caller. */
export async function failExportJob(database: Queryable, run: string, message: string, now: Date): Promise<void> {
  const set = "status = 'FAILED', completed_at = $2, error_message = $3, run = NULL, run_expires_at = NULL";
  await changeRun(database, table, { run, set, values: [now, message] });
}

/** Releases a run's job, for example at shutdown. The run doesn't count as an attempt. */
export function releaseExportJob(database: Queryable, run: string): Promise<void> {
  return releaseJob(database, table, run);
}

/** Ends a run while its job stays open: the job can be claimed again after `seconds`. */
export function postponeExportJob(database: Queryable, run: string, seconds: number): Promise<void> {
  return postponeJob(database, table, run, seconds);
}

/** The bucket name that denotes Mailglass's own store: the file is downloaded, as without an S3Url. */
export const downloadBucket = "download";

/** Whether a job's file is in Mailglass's own store. Files elsewhere are the caller's and are never deleted here. */
const hasOwnFile = `(object_key IS NOT NULL AND (destination IS NULL OR destination LIKE 's3://${downloadBucket}/%'))`;

/** Files in Mailglass's own store that belong to jobs of any scope that ended before `before`. */
export async function endedExportFiles(
  database: Queryable,
  before: Date,
  limit: number,
): Promise<{ id: string; objectKey: string }[]> {
  return database.query<{ id: string; objectKey: string }>(
    `SELECT id, object_key AS "objectKey" FROM export_jobs
     WHERE completed_at < $1 AND ${hasOwnFile} ORDER BY position LIMIT $2`,
    [before, limit],
  );
}

/** Records that the files of jobs are deleted. */
export async function forgetExportFiles(database: Queryable, ids: readonly string[]): Promise<void> {
  await database.query("UPDATE export_jobs SET object_key = NULL WHERE id = ANY ($1::uuid[])", [ids]);
}

/** Deletes jobs of all scopes that ended before `before` and have no file in Mailglass's own store; returns their number. */
export async function deleteEndedExportJobs(database: Queryable, before: Date): Promise<number> {
  const [deleted] = await database.query<{ jobs: number }>(
    `WITH gone AS (DELETE FROM export_jobs WHERE completed_at < $1 AND NOT ${hasOwnFile} RETURNING id)
     SELECT count(*) AS jobs FROM gone`,
    [before],
  );
  return deleted?.jobs ?? 0;
}
