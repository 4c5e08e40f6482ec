/** A suppression list in the format that import jobs read. */
import { guardReversibly } from "../../common/spreadsheet-formula.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type SuppressionRecord, selectSuppressionRecords } from "../../stores/postgres/suppression-records.ts";
import { csvLine } from "./csv-line.ts";
import type { ListFileFormat } from "./list-file-format.ts";
import { pagesOf } from "./pages.ts";

/** The file's text in pieces: CSV without a header, or one object per line. `tenant` is '' for the account's list. */
export function suppressionFile(
  database: ScopedDatabase,
  { tenant, format }: { tenant: string; format: ListFileFormat },
): AsyncGenerator<string> {
  return pagesOf((page) => selectSuppressionRecords(database, { tenant, ...page }), format === "csv" ? csv : json);
}

function csv({ address, reason }: SuppressionRecord): string {
  return csvLine([guardReversibly(address), reason]);
}

function json({ address, reason }: SuppressionRecord): string {
  return `${JSON.stringify({ emailAddress: address, reason })}\n`;
}
