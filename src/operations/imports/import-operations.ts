import type { Config } from "../../config/config.ts";
import type { Handlers } from "../../contract/types.ts";
import { createImportJob } from "./create-import-job.ts";
import { getImportJob } from "./get-import-job.ts";
import type { ImportOperationServices } from "./import-services.ts";
import { listImportJobs } from "./list-import-jobs.ts";

export function importOperations({
  config,
  ...others
}: Omit<ImportOperationServices, "urlSeconds" | "buckets" | "ownBucket"> & {
  config: Pick<Config, "exportUrlSeconds" | "importBuckets" | "s3Bucket">;
}) {
  const services: ImportOperationServices = {
    ...others,
    urlSeconds: config.exportUrlSeconds,
    buckets: config.importBuckets,
    ownBucket: config.s3Bucket,
  };
  return {
    CreateImportJob: createImportJob(services),
    GetImportJob: getImportJob(services),
    ListImportJobs: listImportJobs(services),
  } satisfies Handlers;
}
