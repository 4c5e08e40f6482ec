/**
 * A worker of background jobs: claims jobs one by one, several at a time, and runs each to its end.
 * It renews the claim of a running job twice a second. If that fails because the job was canceled, or taken over after
 * this process hung, it aborts the run. So a canceled job stops within a second, in any process.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

/** Runs jobs in the background until stopped. */
export interface JobWorker {
  /** Signals that there may be a job to claim. */
  wake(): void;
  /** Aborts the run of a job at once, if it runs in this process. */
  cancelled(jobId: string): void;
  /** Releases the running jobs and stops. */
  stop(): Promise<void>;
}

export interface WorkerLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** A run of a job. */
export interface JobRun {
  readonly run: string;
  /** Aborts when the job is canceled or taken over, or the server stops. */
  readonly signal: AbortSignal;
  /** Call periodically with the progress, such as the number of records processed so far. */
  progress(progress: number): void;
}

/** A kind of job: its statements and its work. */
export interface JobKind<Job extends { id: string; runs: number }> {
  /** For log and error messages: `export`. */
  readonly name: string;
  claim(run: string, seconds: number): Promise<Job | undefined>;
  /** Stores the progress, too. False if the run has lost the job. */
  renew(run: string, seconds: number, progress: number | undefined): Promise<boolean>;
  /** The number of runs without progress, this one included; undefined if the run has lost the job. */
  countRuns(run: string): Promise<number | undefined>;
  /** Releases a job. The run doesn't count as an attempt. */
  release(run: string): Promise<void>;
  postpone(run: string, seconds: number): Promise<void>;
  fail(run: string, message: string): Promise<void>;
  /** What the owner of a job that failed with an error can do about it; undefined for an internal error. */
  adviceOn?(error: unknown): string | undefined;
  /** Does the work and ends the job. Throws a `JobLost` if the run has lost the job. */
  work(job: Job, run: JobRun): Promise<void>;
}

const claimSeconds = 15;
const renewMs = 500;
const pollMs = 1_000;
/** A job fails after this many runs in a row without progress that failed or ended with their process. */
const mostRuns = 3;

/** The run has lost the job: it was canceled or taken over. */
export class JobLost extends Error {
  override name = "JobLost";
}
class Stopping extends Error {
  override name = "Stopping";
}

/** Starts `concurrency` workers. */
export function startJobWorker<Job extends { id: string; runs: number }>(
  kind: JobKind<Job>,
  log: WorkerLog,
  concurrency: number,
): JobWorker {
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
        const job = await kind.claim(run, claimSeconds);
        if (job) await work(job, run);
        // Woken during the query: the job may have been added after it.
        else if (wakeUps === seen) await pause();
      } catch (error) {
        log.error({ err: error }, `claiming ${kind.name} jobs failed`);
        await pause();
      }
    }
  }

  /** Waits until the worker is woken, at most `pollMs`. */
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

  async function work(job: Job, run: string): Promise<void> {
    if (job.runs > mostRuns) {
      await kind.fail(
        run,
        `The ${kind.name} was given up after ${mostRuns} runs that did not end. See the server's log.`,
      );
      return;
    }
    log.info({ jobId: job.id, run: job.runs }, `${kind.name} started`);
    const controller = new AbortController();
    running.set(job.id, controller);
    if (stopping.signal.aborted) controller.abort(new Stopping());
    let progress: number | undefined;
    const done = new AbortController();
    const renewing = renew(run, controller, () => progress, done.signal);
    try {
      await kind.work(job, {
        run,
        signal: controller.signal,
        progress: (now) => {
          progress = now;
        },
      });
    } catch (error) {
      const cause = controller.signal.aborted ? controller.signal.reason : error;
      await endFailedRun({ job, run, progress }, cause);
    } finally {
      done.abort();
      running.delete(job.id);
      await renewing;
    }
  }

  async function endFailedRun(
    { job, run, progress }: { job: Job; run: string; progress: number | undefined },
    error: unknown,
  ): Promise<void> {
    if (error instanceof JobLost) return;
    if (error instanceof Stopping) {
      await kind.release(run);
      return;
    }
    log.error({ err: error, jobId: job.id, run: job.runs }, `a run of an ${kind.name} job failed`);
    await kind.renew(run, claimSeconds, progress);
    const runs = await kind.countRuns(run);
    if (runs === undefined) return;
    if (runs < mostRuns) {
      await kind.postpone(run, runs);
      return;
    }
    const internal = `The ${kind.name} failed because of an internal error. Try again; the server's log has the cause.`;
    await kind.fail(run, kind.adviceOn?.(error) ?? internal);
  }

  async function renew(
    run: string,
    controller: AbortController,
    progress: () => number | undefined,
    done: AbortSignal,
  ): Promise<void> {
    let heldUntil = performance.now() + claimSeconds * 1000;
    while (!done.aborted) {
      await delay(renewMs, undefined, { signal: done }).catch(() => {});
      if (done.aborted) return;
      try {
        if (!(await kind.renew(run, claimSeconds, progress()))) controller.abort(new JobLost());
        else heldUntil = performance.now() + claimSeconds * 1000;
      } catch (error) {
        log.error({ err: error }, `renewing the claim of an ${kind.name} job failed`);
        if (performance.now() > heldUntil) controller.abort(new JobLost());
      }
    }
  }
}
