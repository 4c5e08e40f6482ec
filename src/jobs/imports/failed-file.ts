/** The file of a job's failed records: CSV with the columns line, reason and record. */
import { guardFormula } from "../../common/spreadsheet-formula.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { listImportFailures } from "../../stores/postgres/import-jobs-failures.ts";

const rowsAtATime = 1_000;

/** The file name for downloads. */
export const failedFileName = "failed-records.csv";

/** Writes the file. If that fails or is aborted, leaves no file. `written` is called with the number of records so far. */
export async function writeFailedFile(
  objects: ObjectStore,
  database: Queryable,
  { job, key, signal, written }: { job: string; key: string; signal: AbortSignal; written: (records: number) => void },
): Promise<void> {
  const writer = await objects.write(key, "text/csv; charset=utf-8");
  try {
    await writer.write(Buffer.from("line,reason,record\r\n"));
    let after = 0;
    let records = 0;
    for (;;) {
      signal.throwIfAborted();
      const failures = await listImportFailures(database, job, after, rowsAtATime);
      const last = failures.at(-1);
      if (!last) break;
      after = last.record;
      const lines = failures.map(({ line, reason, content }) => `${line},${field(reason)},${field(content)}\r\n`);
      await writer.write(Buffer.from(lines.join("")));
      records += failures.length;
      written(records);
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function field(text: string): string {
  return `"${guardFormula(text).replaceAll('"', '""')}"`;
}
