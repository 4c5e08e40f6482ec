/** Starts the background work: export and import jobs, and the removal of old data. */
import { shownOf } from "../events/message-state.ts";
import type { Recorder } from "../events/recorder.ts";
import { type ExportWorker, startExportWorker } from "../jobs/exports/worker.ts";
import { startImportWorker } from "../jobs/imports/worker.ts";
import { startSweeper } from "../jobs/retention/sweeper.ts";
import type { JobWorker } from "../jobs/worker.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Publishing } from "./start-publishing.ts";

export interface JobRole extends ServerServices {
  recorder: Recorder;
  publishing: Pick<Publishing, "feed">;
}

/** The workers, for callers that add jobs. */
export interface Jobs {
  readonly exports: ExportWorker;
  readonly imports: JobWorker;
}

/** Starts the workers; `closers` stops them. */
export function startJobs(role: JobRole, closers: Closers): Jobs {
  const { config, stores, recorder, publishing, clock, machineClock, clockMoves, log } = role;
  const { database, events, objects, openBucket } = stores;
  const exports = startExportWorker(
    { database, events, objects, openBucket, recorder, clock, log, ...shownOf(config), maxRows: config.exportMaxRows },
    config.exportWorkers,
  );
  closers.add(() => exports.stop());
  const limits = {
    suppressionPut: config.importMaxSuppressions,
    suppressionDelete: config.importMaxSuppressionDeletes,
    contacts: config.importMaxContacts,
    unpackedBytes: config.importMaxUnpackedBytes,
  };
  const { accountEvents } = publishing.feed;
  const imports = startImportWorker(
    { database, objects, openBucket, limits, accountEvents, clock, log },
    config.importWorkers,
  );
  closers.add(() => imports.stop());
  const sweeper = startSweeper(
    { database, events, objects, clock, machineClock, clockMoves, log },
    {
      eventDays: config.keepEventDays,
      mailDays: config.keepMailDays,
      exportFileDays: config.keepExportFileDays,
      jobDays: config.keepJobDays,
      webhookLogDays: config.keepWebhookLogDays,
    },
  );
  closers.add(() => sweeper.stop());
  return { exports, imports };
}
