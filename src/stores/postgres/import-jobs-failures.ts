/** Failed records of open import jobs. They belong to their job, whatever its scope. */
import type { Queryable } from "./database.ts";

/** A record that could not be imported. */
export interface ImportFailure {
  /** Its number in the file, starting at 1. */
  record: number;
  /** Its first line, starting at 1. */
  line: number;
  reason: string;
  /** The record's text, possibly truncated. */
  content: string;
}

export async function insertImportFailures(
  transaction: Queryable,
  job: string,
  failures: readonly ImportFailure[],
): Promise<void> {
  if (failures.length === 0) return;
  await transaction.query(
    `INSERT INTO import_failures (job, record, line, reason, content)
     SELECT $1, record, line, reason, content
     FROM json_to_recordset($2::json) AS failures (record bigint, line bigint, reason text, content text)`,
    [job, JSON.stringify(failures)],
  );
}

/** A job's failed records after record number `after`, in file order. */
export async function listImportFailures(
  database: Queryable,
  job: string,
  after: number,
  limit: number,
): Promise<ImportFailure[]> {
  return database.query<ImportFailure>(
    `SELECT record, line, reason, content FROM import_failures WHERE job = $1 AND record > $2 ORDER BY record LIMIT $3`,
    [job, after, limit],
  );
}
