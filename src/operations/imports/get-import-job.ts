import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { failedFileName } from "../../jobs/imports/failed-file.ts";
import { isJobId } from "../../jobs/job-id.ts";
import { findImportJob, type ImportJobRow } from "../../stores/postgres/import-jobs.ts";
import { destinationOf, type ImportOperationServices } from "./import-services.ts";

/** GetImportJob: a job's state and counts, and a new download URL for its failed records. */
export function getImportJob(services: ImportOperationServices): Handler<"GetImportJob"> {
  return async ({ JobId: id }, { now }) => {
    const job = isJobId(id) ? await findImportJob(services.database, id) : undefined;
    if (!job) throw errors.importJobNotFound(id ?? "");
    const failedUrl = await failedRecordsUrl(services, job, now);
    return {
      JobId: job.id,
      ImportDestination: destinationOf(job),
      ImportDataSource: { S3Url: job.s3_url, DataFormat: job.data_format },
      FailureInfo:
        failedUrl === undefined && job.error_message === null
          ? undefined
          : { FailedRecordsS3Url: failedUrl, ErrorMessage: job.error_message ?? undefined },
      JobStatus: job.status,
      CreatedTimestamp: job.created_at,
      CompletedTimestamp: job.completed_at ?? undefined,
      ProcessedRecordsCount: job.processed_records,
      FailedRecordsCount: job.failed_records,
    };
  };
}

async function failedRecordsUrl(
  { objects, downloads, urlSeconds }: ImportOperationServices,
  job: ImportJobRow,
  now: Date,
): Promise<string | undefined> {
  if (job.failed_key === null) return undefined;
  const expires = new Date(now.getTime() + urlSeconds * 1000);
  return (
    objects.downloadUrl(job.failed_key, failedFileName, expires) ?? downloads.sign(job.id, failedFileName, expires)
  );
}
