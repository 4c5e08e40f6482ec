import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { listExportJobs as listJobs } from "../../stores/postgres/export-jobs.ts";
import { decodeToken, encodeToken } from "../page-token.ts";
import type { ExportServices } from "./export-services.ts";

/** The maximum and default page size (SES's are unknown; Floci chose these). */
const largestPage = 100;

/** ListExportJobs: newest first. A token is valid in the same account and region, for the same filters. */
export function listExportJobs({ database }: Pick<ExportServices, "database">): Handler<"ListExportJobs"> {
  return async (input) => {
    refuse(violations("ListExportJobs", input));
    const { ExportSourceType: sourceType, JobStatus: status, NextToken: token, PageSize: size = largestPage } = input;
    if (size < 1 || size > largestPage) throw errors.exportPageSize();
    const kind = `export-jobs/${database.scope}/${sourceType ?? ""}/${status ?? ""}`;
    const position = token === undefined ? undefined : decodeToken(kind, token);
    const before = position === undefined ? undefined : Number(position);
    if (token !== undefined && !Number.isSafeInteger(before)) throw errors.exportToken();
    const jobs = await listJobs(database, { before, sourceType, status, limit: size + 1 });
    const page = jobs.slice(0, size);
    const last = page.at(-1);
    return {
      ExportJobs: page.map((job) => ({
        JobId: job.id,
        ExportSourceType: job.source_type,
        JobStatus: job.status,
        CreatedTimestamp: job.created_at,
        CompletedTimestamp: job.completed_at ?? undefined,
      })),
      NextToken: jobs.length > size && last ? encodeToken(kind, String(last.position)) : undefined,
    };
  };
}
