/** The export worker: runs export jobs and deletes files left behind by runs. */
import type { Recorder } from "../../events/recorder.ts";
import { isMemoryExceeded } from "../../stores/clickhouse/memory-exceeded.ts";
import type { OpenBucket } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import {
  claimExportJob,
  completeExportJob,
  countExportRuns,
  type ExportJobRow,
  failExportJob,
  postponeExportJob,
  releaseExportJob,
  renewExportJob,
  startFinishing,
  waitUncounted,
} from "../../stores/postgres/export-jobs.ts";
import { deleteOtherFiles } from "../leftover-files.ts";
import { JobLost, type JobRun, type JobWorker, startJobWorker, type WorkerLog } from "../worker.ts";
import { dataSourceOf } from "./data-source.ts";
import { type ExportServices, runExport } from "./run-export.ts";

export type ExportWorker = JobWorker;

const memoryAdvice =
  "The export failed because its query needs more memory than the event database allows. Export a shorter time range, or use more filters or fewer dimensions.";

/** Starts `concurrency` workers. */
export function startExportWorker(
  services: Omit<ExportServices, "openBucket"> & {
    openBucket: OpenBucket;
    database: Database;
    recorder: Recorder;
    clock: () => Date;
    log: WorkerLog;
  },
  concurrency: number,
): ExportWorker {
  const { database, objects, recorder, clock, log } = services;
  return startJobWorker<ExportJobRow>(
    {
      name: "export",
      claim: (run, seconds) => claimExportJob(database, run, seconds),
      renew: (run, seconds, progress) => renewExportJob(database, { run, seconds, progress }),
      countRuns: (run) => countExportRuns(database, run),
      release: (run) => releaseExportJob(database, run),
      postpone: (run, seconds) => postponeExportJob(database, run, seconds),
      fail: (run, message) => failExportJob(database, run, message, clock()),
      adviceOn: (error) => (isMemoryExceeded(error) ? memoryAdvice : undefined),
      work,
    },
    log,
    concurrency,
  );

  async function work(job: ExportJobRow, { run, signal, progress }: JobRun): Promise<void> {
    // The file must include everything acknowledged before the job was created.
    await waitUncounted(database, run, () => recorder.drained(signal));
    const openBucket = (bucket: string) => services.openBucket(bucket, job.scope);
    const result = await runExport(
      { ...services, openBucket },
      {
        jobId: job.id,
        scope: job.scope,
        createdAt: job.created_at,
        run,
        source: dataSourceOf(job.data_source),
        format: job.data_format,
        destination: job.destination ?? undefined,
        finishing: async () => {
          if (!(await startFinishing(database, run))) throw new JobLost();
        },
        signal,
        progress,
      },
    );
    if (await completeExportJob(database, run, result, clock())) {
      log.info({ jobId: job.id, rows: result.exportedRecords }, "export completed");
      await deleteOtherFiles(objects, `exports/${job.id}/`, result.objectKey);
    } else if (result.own) {
      await objects.delete(result.objectKey);
    }
  }
}
