import { errors } from "../../contract/errors.ts";
import type { Handler, Output } from "../../contract/types.ts";
import { requestedSource } from "../../jobs/exports/data-source.ts";
import { parseFileTarget } from "../../jobs/exports/file-target.ts";
import { isJobId } from "../../jobs/job-id.ts";
import { downloadBucket, type ExportJobRow, findExportJob } from "../../stores/postgres/export-jobs.ts";
import type { ExportServices } from "./export-services.ts";

/** GetExportJob: a job's state, and a new download URL once its file exists. */
export function getExportJob(services: ExportServices): Handler<"GetExportJob"> {
  return async ({ JobId: id }, { now }) => {
    const job = isJobId(id) ? await findExportJob(services.database, id) : undefined;
    // The model declares NotFoundException, but SES returns this error.
    if (!job) throw errors.invalidJobId();
    return {
      JobId: job.id,
      ExportSourceType: job.source_type,
      JobStatus: job.status,
      ExportDestination: { DataFormat: job.data_format, S3Url: await downloadUrl(services, job, now) },
      ExportDataSource: requestedSource(job.data_source),
      CreatedTimestamp: job.created_at,
      CompletedTimestamp: job.completed_at ?? undefined,
      FailureInfo: job.error_message === null ? undefined : { ErrorMessage: job.error_message },
      Statistics: statisticsOf(job),
    };
  };
}

async function downloadUrl(services: ExportServices, job: ExportJobRow, now: Date): Promise<string | undefined> {
  // A file in the caller's own bucket is reported by its s3:// URL.
  const target = job.destination === null ? undefined : parseFileTarget(job.destination, job.data_format);
  if (target && target.bucket !== downloadBucket) {
    return job.object_key === null ? (job.destination ?? undefined) : `s3://${target.bucket}/${job.object_key}`;
  }
  if (job.status !== "COMPLETED" || job.object_key === null || job.file_name === null) return undefined;
  const expires = new Date(now.getTime() + services.urlSeconds * 1000);
  return (
    services.objects.downloadUrl(job.object_key, job.file_name, expires) ??
    services.downloads.sign(job.id, job.file_name, expires)
  );
}

function statisticsOf(job: ExportJobRow): Output<"GetExportJob">["Statistics"] {
  if (job.processed_records === null) return undefined;
  return {
    ProcessedRecordsCount: job.processed_records,
    ExportedRecordsCount: job.exported_records ?? undefined,
  };
}
