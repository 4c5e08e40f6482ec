/**
 * What the tables of export and import jobs share: a job is claimed for a run, which has it until the claim runs out.
 * A statement about a run changes nothing once the job is no longer that run's.
 */
import type { Queryable } from "./database.ts";

/** A table of jobs. Its texts become part of statements: they are written here, never given by a caller. */
export interface JobTable {
  readonly name: "export_jobs" | "import_jobs";
  /** The columns of a job, as they are read. */
  readonly columns: string;
  /** What else is set when a run begins, or ends without an end of its job: `, column = value`, or nothing. */
  readonly reset: string;
}

/** An expression for when a claim runs out that is made now; the seconds are `$2`. */
export const claimExpiry = "now() + make_interval(secs => $2::float8)";

/** Claims the oldest job that nobody works on, for a run of `seconds` unless renewed. */
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
       WHERE status = 'CREATED' OR (status = 'PROCESSING' AND (run_expires_at IS NULL OR run_expires_at < now()))
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

/** Changes a run's job; false when the job is no longer this run's (cancelled, taken over, ended). */
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

/** Gives a run's job back, as at a shutdown: this run does not count as a try. */
export async function releaseJob(database: Queryable, table: JobTable, run: string): Promise<void> {
  const set = `status = 'CREATED', run = NULL, run_expires_at = NULL, runs = runs - 1${table.reset}`;
  await changeRun(database, table, { run, set });
}

/** Ends a run without an end of its job: it may be claimed again after `seconds`. */
export async function postponeJob(database: Queryable, table: JobTable, run: string, seconds: number): Promise<void> {
  const set = `run = NULL, run_expires_at = ${claimExpiry}${table.reset}`;
  await changeRun(database, table, { run, set, values: [seconds] });
}
