/**
 * Claims of export and import jobs: a job is claimed for a run until the claim expires. Statements on behalf of a run
 * change nothing once the run has lost the job. Workers run the jobs of all scopes, so these functions take no scope.
 */
import type { Queryable } from "./database.ts";

/** A table of jobs. Its fields become part of SQL statements, so they must be constants. */
export interface JobTable {
  readonly name: "export_jobs" | "import_jobs";
  /** The columns to select for a job. */
  readonly columns: string;
  /** Extra assignments when a run begins, or ends while its job stays open: `, column = value`, or empty. */
  readonly reset: string;
}

/** The SQL expression for when a claim made now expires; `$2` is its duration in seconds. */
export const claimExpiry = "now() + make_interval(secs => $2::float8)";

/**
 * Claims the oldest unclaimed job for a run. The claim expires after `seconds` unless it is renewed. No claim and no pause
 * between runs lasts an hour: one that ends later was made before the database's clock was set back.
 */
export async function claimJob<Row extends object>(
  database: Queryable,
  { name, columns, reset }: JobTable,
  run: string,
  seconds: number,
): Promise<Row | undefined> {
  const [job] = await database.query<Row>(
    `UPDATE ${name} SET status = 'PROCESSING', run = $1, runs = runs + 1, run_expires_at = ${claimExpiry}${reset}
     WHERE id = (
       SELECT id FROM ${name}
       WHERE status = 'CREATED' OR (status = 'PROCESSING' AND (run_expires_at IS NULL OR run_expires_at <= now()
         OR run_expires_at > now() + interval '1 hour'))
       ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${columns}`,
    [run, seconds],
  );
  return job;
}

/** A change of a run's job. */
export interface RunChange {
  run: string;
  /** Assignments; `$1` is the run, `$2` and on are the `values`. */
  set: string;
  values?: readonly unknown[];
}

/** Changes a run's job; false if the run has lost the job (canceled, taken over, ended). */
export async function changeRun(
  database: Queryable,
  { name }: Pick<JobTable, "name">,
  { run, set, values = [] }: RunChange,
): Promise<boolean> {
  const rows = await database.query<{ id: string }>(
    `UPDATE ${name} SET ${set} WHERE run = $1 AND status = 'PROCESSING' RETURNING id`,
    [run, ...values],
  );
  return rows.length === 1;
}

/** How long a renewed claim lasts, and how far the run has got, in units of the kind of job; undefined if unknown. */
export interface Renewal {
  run: string;
  seconds: number;
  progress: number | undefined;
}

/**
 * Renews a run's claim; false if the run has lost the job (canceled, taken over). If the run got further than all runs
 * before, the number of runs starts again: it counts runs without progress.
 * @param set further assignments; `$3` is the progress, or null.
 */
export function renewJob(
  database: Queryable,
  table: JobTable,
  { run, seconds, progress }: Renewal,
  set = "",
): Promise<boolean> {
  const renewal = `run_expires_at = ${claimExpiry}, progress = greatest(progress, $3::bigint),
    runs = CASE WHEN progress < $3::bigint THEN 1 ELSE runs END`;
  return changeRun(database, table, { run, set: `${renewal}${set}`, values: [seconds, progress ?? null] });
}

/** The number of runs of a run's job since the last progress, this one included; undefined if the run has lost the job. */
export async function countRuns(
  database: Queryable,
  { name }: Pick<JobTable, "name">,
  run: string,
): Promise<number | undefined> {
  const [job] = await database.query<{ runs: number }>(
    `SELECT runs FROM ${name} WHERE run = $1 AND status = 'PROCESSING'`,
    [run],
  );
  return job?.runs;
}

/** Releases a run's job, for example at shutdown. The run doesn't count as an attempt. */
export async function releaseJob(database: Queryable, table: JobTable, run: string): Promise<void> {
  const set = `status = 'CREATED', run = NULL, run_expires_at = NULL, runs = runs - 1${table.reset}`;
  await changeRun(database, table, { run, set });
}

/** Ends a run while its job stays open: the job can be claimed again after `seconds`. */
export async function postponeJob(database: Queryable, table: JobTable, run: string, seconds: number): Promise<void> {
  const set = `run = NULL, run_expires_at = ${claimExpiry}${table.reset}`;
  await changeRun(database, table, { run, set, values: [seconds] });
}
