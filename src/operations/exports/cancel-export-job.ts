import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { isJobId } from "../../jobs/job-id.ts";
import { cancelExportJob as cancelJob, findExportJob } from "../../stores/postgres/export-jobs.ts";
import type { ExportServices } from "./export-services.ts";

/** CancelExportJob: cancels a job that has not ended; its query stops and it leaves no file. */
export function cancelExportJob(services: ExportServices): Handler<"CancelExportJob"> {
  return async ({ JobId: id }, { now }) => {
    const job = isJobId(id) ? await findExportJob(services.database, id) : undefined;
    if (!job) throw errors.invalidJobId();
    if (await cancelJob(services.database, job.id, now)) {
      services.worker.cancelled(job.id);
      return {};
    }
    const ended = await findExportJob(services.database, job.id);
    throw errors.exportJobEnded(ended?.status ?? job.status);
  };
}
