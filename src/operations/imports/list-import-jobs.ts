import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { listImportJobs as listJobs } from "../../stores/postgres/import-jobs.ts";
import { decodeToken, encodeToken, kindInScope } from "../page-token.ts";
import { destinationOf, type ImportOperationServices } from "./import-services.ts";

/** The maximum and default page size, as for export jobs. */
const largestPage = 100;

/** ListImportJobs: oldest first, as observed in SES. A token is valid for the same filter and scope only. */
export function listImportJobs({ database }: Pick<ImportOperationServices, "database">): Handler<"ListImportJobs"> {
  return async (input) => {
    refuse(violations("ListImportJobs", input));
    const { ImportDestinationType: destinationType, NextToken: token, PageSize: size = largestPage } = input;
    if (size < 1 || size > largestPage) throw errors.exportPageSize();
    const kind = kindInScope(`import-jobs/${destinationType ?? ""}`, database.scope);
    const position = token === undefined ? undefined : decodeToken(kind, token);
    const after = position === undefined ? undefined : Number(position);
    if (token !== undefined && !Number.isSafeInteger(after)) throw errors.importToken();
    const jobs = await listJobs(database, { after, destinationType, limit: size + 1 });
    const page = jobs.slice(0, size);
    const last = page.at(-1);
    return {
      ImportJobs: page.map((job) => ({
        JobId: job.id,
        ImportDestination: destinationOf(job),
        JobStatus: job.status,
        CreatedTimestamp: job.created_at,
        ProcessedRecordsCount: job.processed_records,
        FailedRecordsCount: job.failed_records,
      })),
      NextToken: jobs.length > size && last ? encodeToken(kind, String(last.position)) : undefined,
    };
  };
}
