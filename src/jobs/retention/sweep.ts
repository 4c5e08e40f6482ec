/**
 * Deletes data past its retention period: events, captured mail, files of jobs, ended jobs, the log of webhooks, archives.
 * Each has its own setting in days; 0 means forever. An archive has its own. Deleting twice, or by two servers at once, does no harm.
 */

import { firstMessageIdAt } from "../../events/message-id.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { deleteEventsBefore } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteEndedExportJobs, endedExportFiles, forgetExportFiles } from "../../stores/postgres/export-jobs.ts";
import { deleteEndedImportJobs, endedImportFiles, forgetImportFiles } from "../../stores/postgres/import-jobs.ts";
import { deleteInboxRemovals } from "../../stores/postgres/inbox.ts";
import { deleteInboxMarksBefore } from "../../stores/postgres/inbox-marks.ts";
import { deleteOutboxBefore } from "../../stores/postgres/outbox.ts";
import { deleteWebhookDeliveries } from "../../stores/postgres/webhook-deliveries.ts";
import { deleteFound } from "./delete-found.ts";
import { sweepArchives } from "./sweep-archives.ts";

/** Retention periods in days; 0 means forever. */
export interface Retention {
  eventDays: number;
  mailDays: number;
  exportFileDays: number;
  jobDays: number;
  webhookLogDays: number;
}

export interface SweepServices {
  database: Database;
  events: EventDatabase;
  objects: ObjectStore;
  clock: () => Date;
  /** The machine's time, by which files are dated; `clock` by default. */
  machineClock?: () => Date;
}

const dayMs = 24 * 3600 * 1000;
/** The number of files looked up at a time. */
const filesPerRound = 500;
/** The number of rows deleted at a time. */
const rowsPerDeletion = 1_000;

/** The queries for files of ended jobs, by kind of job. */
const jobFiles = [
  { ended: endedExportFiles, forget: forgetExportFiles },
  { ended: endedImportFiles, forget: forgetImportFiles },
];

/** Sweeps once. Returns the number of deleted items; stops between two steps when `signal` aborts. */
export async function sweep(
  services: SweepServices,
  retention: Retention,
  signal: AbortSignal,
): Promise<{ files: number; packs: number; jobs: number; webhookLogRows: number; archiveFiles: number }> {
  const { database, events, objects } = services;
  const now = services.clock().getTime();
  const before = (days: number) => (days === 0 ? undefined : new Date(now - days * dayMs));
  const removed = { files: 0, packs: 0, jobs: 0, webhookLogRows: 0, archiveFiles: 0 };

  const filesBefore = before(retention.exportFileDays);
  const jobsBefore = before(retention.jobDays);
  // A job must not be deleted before its file: nothing would refer to the file any more.
  const fileAge = [filesBefore, jobsBefore]
    .filter((date) => date !== undefined)
    .sort((a, b) => b.getTime() - a.getTime())[0];
  for (const { ended, forget } of jobFiles) {
    while (fileAge && !signal.aborted) {
      const files = await ended(database, fileAge, filesPerRound);
      await objects.deleteAll(files.map(({ objectKey }) => objectKey));
      await forget(
        database,
        files.map(({ id }) => id),
      );
      removed.files += files.length;
      if (files.length < filesPerRound) break;
    }
  }
  const machineNow = (services.machineClock ?? services.clock)().getTime();
  const strayAge = fileAge && new Date(fileAge.getTime() - now + machineNow);
  if (strayAge && !signal.aborted) removed.files += await deleteFound(objects, strays(objects, strayAge), signal);
  if (jobsBefore && !signal.aborted) {
    removed.jobs = await deleteEndedExportJobs(database, jobsBefore);
    removed.jobs += await deleteEndedImportJobs(database, jobsBefore);
  }
  const logBefore = before(retention.webhookLogDays);
  while (logBefore && !signal.aborted) {
    const rows = await deleteWebhookDeliveries(database, logBefore, rowsPerDeletion);
    removed.webhookLogRows += rows;
    if (rows < rowsPerDeletion) break;
  }
  const mailBefore = before(retention.mailDays);
  if (mailBefore && !signal.aborted)
    removed.packs = await deleteFound(objects, packsBefore(objects, mailBefore), signal);
  if (!signal.aborted) removed.archiveFiles = await sweepArchives(services, new Date(now), signal);
  const eventsBefore = before(retention.eventDays);
  if (eventsBefore && !signal.aborted) {
    const firstKept = firstMessageIdAt(eventsBefore.getTime());
    // Events stay in the outbox until the event database is opened: a sweep need not open it.
    if (events.isUnused()) await deleteOutboxBefore(database, firstKept);
    else await deleteEventsBefore(events, eventsBefore);
    await deleteInboxMarksBefore(database, firstKept);
    await deleteInboxRemovals(database, firstKept);
  }
  return removed;
}

/** Files without a job: their run ended just before it could complete the job, which was then canceled. */
async function* strays(objects: ObjectStore, before: Date): AsyncGenerator<string> {
  for await (const { key, modified } of objects.list("exports/")) if (modified < before) yield key;
}

/** Old packs. There is a folder per day, deleted once all of the day is older. */
async function* packsBefore(objects: ObjectStore, before: Date): AsyncGenerator<string> {
  const firstKept = `mail/${before.toISOString().slice(0, 10).replaceAll("-", "/")}/`;
  for await (const { key } of objects.list("mail/")) {
    // Keys sort in the order of days: all further packs are younger.
    if (key >= firstKept) return;
    yield key;
  }
}
