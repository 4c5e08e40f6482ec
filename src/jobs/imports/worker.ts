/** The import worker: runs import jobs and deletes files left behind by runs. */
import {
  claimImportJob,
  completeImportJob,
  countImportRuns,
  failImportJob,
  type ImportJobRow,
  postponeImportJob,
  releaseImportJob,
  renewImportJob,
} from "../../stores/postgres/import-jobs.ts";
import { deleteOtherFiles } from "../leftover-files.ts";
import { type JobRun, type JobWorker, startJobWorker, type WorkerLog } from "../worker.ts";
import { ImportError } from "./import-error.ts";
import { type ImportServices, runImport } from "./run-import.ts";

/** Starts `concurrency` workers. */
export function startImportWorker(services: ImportServices & { log: WorkerLog }, concurrency: number): JobWorker {
  const { database, objects, clock, log } = services;
  return startJobWorker<ImportJobRow>(
    {
      name: "import",
      claim: (run, seconds) => claimImportJob(database, run, seconds),
      renew: (run, seconds, progress) => renewImportJob(database, { run, seconds, progress }),
      countRuns: (run) => countImportRuns(database, run),
      release: (run) => releaseImportJob(database, run),
      postpone: (run, seconds) => postponeImportJob(database, run, seconds),
      fail: (run, message) => failImportJob(database, run, message, clock()),
      work,
    },
    log,
    concurrency,
  );

  async function work(job: ImportJobRow, run: JobRun): Promise<void> {
    try {
      const { processed, failed, failedKey } = await runImport(services, job, run);
      if (await completeImportJob(database, run.run, failedKey, clock())) {
        log.info({ jobId: job.id, processed, failed }, "import completed");
        await deleteOtherFiles(objects, `imports/${job.id}/`, failedKey);
      } else if (failedKey !== undefined) {
        await objects.delete(failedKey);
      }
    } catch (error) {
      if (!(error instanceof ImportError) || run.signal.aborted) throw error;
      await failImportJob(database, run.run, error.message, clock());
      log.info({ jobId: job.id, reason: error.message }, "import failed");
    }
  }
}
