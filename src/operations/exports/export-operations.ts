import type { Config } from "../../config/config.ts";
import type { Handlers } from "../../contract/types.ts";
import { cancelExportJob } from "./cancel-export-job.ts";
import { createExportJob } from "./create-export-job.ts";
import type { ExportServices } from "./export-services.ts";
import { getExportJob } from "./get-export-job.ts";
import { listExportJobs } from "./list-export-jobs.ts";

export interface ExportOperationServices extends Omit<ExportServices, "urlSeconds" | "buckets" | "maxRows"> {
  config: Pick<Config, "exportUrlSeconds" | "exportBuckets" | "exportMaxRows">;
}

export function exportOperations({ config, ...others }: ExportOperationServices) {
  const services: ExportServices = {
    ...others,
    urlSeconds: config.exportUrlSeconds,
    buckets: config.exportBuckets,
    maxRows: config.exportMaxRows,
  };
  return {
    CancelExportJob: cancelExportJob(services),
    CreateExportJob: createExportJob(services),
    GetExportJob: getExportJob(services),
    ListExportJobs: listExportJobs(services),
  } satisfies Handlers;
}
