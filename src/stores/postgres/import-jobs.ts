/**
 * Import jobs and their states:
 *
 *   CREATED --claim--> PROCESSING --finish--> COMPLETED | FAILED
 *      \------cancel------/ \--cancel--> CANCELLED
 *
 * As with export jobs, a worker claims a job for a run and renews the claim while it works. The records of a batch are
 * committed in one transaction with the job's checkpoint, which a run that has lost its claim can't update.
 */
import type { Database, Queryable } from "./database.ts";
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

export type ImportStatus = "CREATED" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELLED";
export type ImportDestinationKind = "SUPPRESSION_LIST" | "CONTACT_LIST";
export type ImportAction = "PUT" | "DELETE";
export type ImportFormat = "CSV" | "JSON";

export interface ImportJobRow {
  id: string;
  /** The account and region. */
  scope: number;
  /** Increases with each job created. */
  position: number;
  destination_type: ImportDestinationKind;
  action: ImportAction;
  contact_list: string | null;
  s3_url: string;
  data_format: ImportFormat;
  status: ImportStatus;
  created_at: Date;
  completed_at: Date | null;
  /** Includes failed records. */
  processed_records: number;
  failed_records: number;
  error_message: string | null;
  failed_key: string | null;
  file_size: number | null;
  file_modified: Date | null;
  done_bytes: number;
  done_lines: number;
  runs: number;
}

/** The input for a new job. */
export interface NewImportJob {
  id: string;
  destinationType: ImportDestinationKind;
  action: ImportAction;
  contactList?: string | undefined;
  s3Url: string;
  format: ImportFormat;
  now: Date;
}

/** The progress of a job. */
export interface ImportCheckpoint {
  processed: number;
  failed: number;
  /** Bytes of the uncompressed file that are processed. */
  bytes: number;
  /** Line breaks in those bytes. */
  lines: number;
}

const columns = `id, scope, position, destination_type, action, contact_list, s3_url, data_format, status, created_at,
  completed_at, processed_records, failed_records, error_message, failed_key, file_size, file_modified, done_bytes,
  done_lines, runs`;

const table: JobTable = { name: "import_jobs", columns, reset: "" };

/** Adds a job unless `limit` jobs are open; returns whether it was added. */
export async function insertImportJob(database: Database, job: NewImportJob, limit: number): Promise<boolean> {
  return database.transaction(async (transaction) => {
    // Prevents two concurrent requests from both taking the last free slot.
    await transaction.query("SELECT pg_advisory_xact_lock(hashtext('import_jobs'))");
    const added = await transaction.query<{ id: string }>(
      `INSERT INTO import_jobs (id, destination_type, action, contact_list, s3_url, data_format, status, created_at)
       SELECT $1, $2, $3, $4, $5, $6, 'CREATED', $7
       WHERE (SELECT count(*) FROM import_jobs WHERE status IN ('CREATED', 'PROCESSING')) < $8::bigint
       RETURNING id`,
      [job.id, job.destinationType, job.action, job.contactList ?? null, job.s3Url, job.format, job.now, limit],
    );
    return added.length === 1;
  });
}

export async function findImportJob(database: Queryable, id: string): Promise<ImportJobRow | undefined> {
  const [job] = await database.query<ImportJobRow>(`SELECT ${columns} FROM import_jobs WHERE id = $1`, [id]);
  return job;
}

/** Jobs with a position above `after`, oldest first. */
export async function listImportJobs(
  database: Queryable,
  filter: { after?: number | undefined; destinationType?: string | undefined; limit: number },
): Promise<ImportJobRow[]> {
  return database.query<ImportJobRow>(
    `SELECT ${columns} FROM import_jobs
     WHERE ($1::bigint IS NULL OR position > $1) AND ($2::text IS NULL OR destination_type = $2)
     ORDER BY position LIMIT $3`,
    [filter.after ?? null, filter.destinationType ?? null, filter.limit],
  );
}

/** Cancels a job that has not ended; returns whether it was canceled. Records imported so far stay. */
export async function cancelImportJob(database: Queryable, id: string, now: Date): Promise<boolean> {
  const rows = await database.query<{ id: string }>(
    `WITH cancelled AS (
       UPDATE import_jobs SET status = 'CANCELLED', completed_at = $2, run = NULL, run_expires_at = NULL
       WHERE id = $1 AND status IN ('CREATED', 'PROCESSING') RETURNING id),
     forgotten AS (DELETE FROM import_failures WHERE job IN (SELECT id FROM cancelled))
     SELECT id FROM cancelled`,
    [id, now],
  );
  return rows.length === 1;
}

/** Claims the oldest unclaimed job for a run. The claim expires after `seconds` unless it is renewed. */
export function claimImportJob(database: Queryable, run: string, seconds: number): Promise<ImportJobRow | undefined> {
  return claimJob(database, table, run, seconds);
}

/** Renews a run's claim and stores its progress; false if the run has lost the job (canceled, taken over). */
export function renewImportJob(database: Queryable, renewal: Renewal): Promise<boolean> {
  return renewJob(database, table, renewal);
}

/** See `countRuns`. */
export function countImportRuns(database: Queryable, run: string): Promise<number | undefined> {
  return countRuns(database, table, run);
}

/** Records which file a run has read; false if the run has lost the job. */
export function noteImportFile(
  database: Queryable,
  run: string,
  file: { size: number; modified: Date },
): Promise<boolean> {
  const set = "file_size = $2, file_modified = $3";
  return changeRun(database, table, { run, set, values: [file.size, file.modified] });
}

/**
 * Updates a job's checkpoint in the transaction that imports its records; false if the run has lost the job, in which
 * case the transaction must be rolled back. Progress resets the job's number of runs, so a job that progresses never
 * reaches their limit.
 */
export function moveImportCheckpoint(
  transaction: Queryable,
  run: string,
  { processed, failed, bytes, lines }: ImportCheckpoint,
): Promise<boolean> {
  const set = "processed_records = $2, failed_records = $3, done_bytes = $4, done_lines = $5, runs = 1";
  return changeRun(transaction, table, { run, set, values: [processed, failed, bytes, lines] });
}

/** Completes a run's job; `failedKey` is its file of failed records. False if the run has lost the job. */
export async function completeImportJob(
  database: Queryable,
  run: string,
  failedKey: string | undefined,
  now: Date,
): Promise<boolean> {
  return endRun(database, run, "status = 'COMPLETED', completed_at = $2, failed_key = $3", [now, failedKey ?? null]);
}

/** Fails a run's job with a message for the caller. */
export async function failImportJob(database: Queryable, run: string, message: string, now: Date): Promise<void> {
  await endRun(database, run, "status = 'FAILED', completed_at = $2, error_message = $3", [now, message]);
}

/** Releases a run's job, for example at shutdown. The run doesn't count as an attempt. */
export function releaseImportJob(database: Queryable, run: string): Promise<void> {
  return releaseJob(database, table, run);
}

/** Ends a run while its job stays open: the job can be claimed again after `seconds`. */
export function postponeImportJob(database: Queryable, run: string, seconds: number): Promise<void> {
  return postponeJob(database, table, run, seconds);
}

/** Sets a final state and deletes the failed records: they are in their file, or no longer needed. */
async function endRun(database: Queryable, run: string, set: string, parameters: readonly unknown[]): Promise<boolean> {
  const rows = await database.query<{ id: string }>(
    `WITH ended AS (
       UPDATE import_jobs SET ${set}, run = NULL, run_expires_at = NULL
       WHERE run = $1 AND status = 'PROCESSING' RETURNING id),
     forgotten AS (DELETE FROM import_failures WHERE job IN (SELECT id FROM ended))
     SELECT id FROM ended`,
    [run, ...parameters],
  );
  return rows.length === 1;
}

/** Files of failed records of jobs that ended before `before`. */
export async function endedImportFiles(
  database: Queryable,
  before: Date,
  limit: number,
): Promise<{ id: string; objectKey: string }[]> {
  return database.query<{ id: string; objectKey: string }>(
    `SELECT id, failed_key AS "objectKey" FROM import_jobs
     WHERE completed_at < $1 AND failed_key IS NOT NULL ORDER BY position LIMIT $2`,
    [before, limit],
  );
}

/** Records that the files of jobs are deleted. */
export async function forgetImportFiles(database: Queryable, ids: readonly string[]): Promise<void> {
  await database.query("UPDATE import_jobs SET failed_key = NULL WHERE id = ANY ($1::uuid[])", [ids]);
}

/** Deletes jobs that ended before `before` and have no file; returns their number. */
export async function deleteEndedImportJobs(database: Queryable, before: Date): Promise<number> {
  const [deleted] = await database.query<{ jobs: number }>(
    `WITH gone AS (DELETE FROM import_jobs WHERE completed_at < $1 AND failed_key IS NULL RETURNING id)
     SELECT count(*) AS jobs FROM gone`,
    [before],
  );
  return deleted?.jobs ?? 0;
}
