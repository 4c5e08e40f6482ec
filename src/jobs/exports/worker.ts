/**
 * The export worker: claims jobs one by one, several at a time, and runs each to its end.
 * While a job runs, its claim is renewed twice a second; a claim that can't be renewed (the job was cancelled, or taken
 * over after this process hung) aborts the run. So a cancelled job stops its query within a second, in any process.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../stores/postgres/database.ts";
import {
  claimExportJob,
  completeExportJob,
  type ExportJobRow,
  failExportJob,
  postponeExportJob,
  releaseExportJob,
  renewExportJob,
  startFinishing,
} from "../../stores/postgres/export-jobs.ts";
import { dataSourceOf } from "./data-source.ts";
import { type ExportServices, runExport } from "./run-export.ts";

/** Runs export jobs in the background until stopped. */
export interface ExportWorker {
  /** Says that there may be a job to claim. */
  wake(): void;
  /** Aborts the run of a job at once, if it runs here. */
  cancelled(jobId: string): void;
  /** Gives the jobs under way back and stops. */
  stop(): Promise<void>;
}

/** Where the worker says what went wrong. */
export interface WorkerLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

const claimSeconds = 15;
const renewMs = 500;
const pollMs = 1_000;
/** A job whose runs failed, or ended with their process, so often is given up. */
const mostRuns = 3;

class JobLost extends Error {
  override name = "JobLost";
}
class Stopping extends Error {
  override name = "Stopping";
}

/** Starts `concurrency` workers. */
export function startExportWorker(
  services: ExportServices & { database: Database; clock: () => Date; log: WorkerLog },
  concurrency: number,
): ExportWorker {
  const { database, objects, clock, log } = services;
  const running = new Map<string, AbortController>();
  const stopping = new AbortController();
  const wakers = new Set<() => void>();
  let wakeUps = 0;
  const loops = Array.from({ length: concurrency }, loop);

  return {
    wake,
    cancelled: (jobId) => running.get(jobId)?.abort(new JobLost()),
    async stop() {
      stopping.abort(new Stopping());
      for (const controller of running.values()) controller.abort(new Stopping());
      wake();
      await Promise.all(loops);
    },
  };

  function wake(): void {
    wakeUps++;
    for (const waker of wakers) waker();
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const run = randomUUID();
        const seen = wakeUps;
        const job = await claimExportJob(database, run, claimSeconds);
        if (job) await work(job, run);
        // Woken while it looked: the job may have come after the look.
        else if (wakeUps === seen) await pause();
      } catch (error) {
        log.error({ err: error }, "claiming export jobs failed");
        await pause();
      }
    }
  }

  /** Waits until somebody wakes the worker, at most `pollMs`. */
  async function pause(): Promise<void> {
    if (stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        wakers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, pollMs);
      wakers.add(end);
    });
  }

  async function work(job: ExportJobRow, run: string): Promise<void> {
    if (job.runs > mostRuns) {
      const message = `The export was given up after ${mostRuns} runs that did not end. See the server's log.`;
      await failExportJob(database, run, message, clock());
      return;
    }
    log.info({ jobId: job.id, run: job.runs }, "export started");
    const controller = new AbortController();
    running.set(job.id, controller);
    if (stopping.signal.aborted) controller.abort(new Stopping());
    let processed: number | undefined;
    const done = new AbortController();
    const renewing = renew(run, controller, () => processed, done.signal);
    try {
      const result = await runExport(services, {
        jobId: job.id,
        createdAt: job.created_at,
        run,
        source: dataSourceOf(job.data_source),
        format: job.data_format,
        destination: job.destination ?? undefined,
        finishing: async () => {
          if (!(await startFinishing(database, run))) throw new JobLost();
        },
        signal: controller.signal,
        progress: (records) => {
          processed = records;
        },
      });
      if (await completeExportJob(database, run, result, clock())) {
        log.info({ jobId: job.id, rows: result.exportedRecords }, "export completed");
        await deleteOtherFiles(job.id, result.objectKey);
      } else if (result.own) {
        await objects.delete(result.objectKey);
      }
    } catch (error) {
      await endFailedRun(job, run, controller.signal.aborted ? controller.signal.reason : error);
    } finally {
      done.abort();
      running.delete(job.id);
      await renewing;
    }
  }

  /** A run that ended with its process just before it could say that it was done leaves a file behind. */
  async function deleteOtherFiles(jobId: string, kept: string): Promise<void> {
    for await (const { key } of objects.list(`exports/${jobId}/`)) if (key !== kept) await objects.delete(key);
  }

  async function endFailedRun(job: ExportJobRow, run: string, error: unknown): Promise<void> {
    if (error instanceof JobLost) return;
    if (error instanceof Stopping) {
      await releaseExportJob(database, run);
      return;
    }
    log.error({ err: error, jobId: job.id, run: job.runs }, "a run of an export job failed");
    if (job.runs < mostRuns) {
      await postponeExportJob(database, run, job.runs);
      return;
    }
    const message = "The export failed because of an internal error. Try again; the server's log has the cause.";
    await failExportJob(database, run, message, clock());
  }

  async function renew(
    run: string,
    controller: AbortController,
    processed: () => number | undefined,
    done: AbortSignal,
  ): Promise<void> {
    let heldUntil = Date.now() + claimSeconds * 1000;
    while (!done.aborted) {
      await delay(renewMs, undefined, { signal: done }).catch(() => {});
      if (done.aborted) return;
      try {
        if (!(await renewExportJob(database, run, claimSeconds, processed()))) controller.abort(new JobLost());
        else heldUntil = Date.now() + claimSeconds * 1000;
      } catch (error) {
        log.error({ err: error }, "renewing the claim of an export job failed");
        if (Date.now() > heldUntil) controller.abort(new JobLost());
      }
    }
  }
}
