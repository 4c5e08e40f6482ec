/**
 * Deletes data past its retention period: events, captured mail, files of jobs, ended jobs.
 * Each has its own setting in days; 0 means forever. Deleting twice, or by two servers at once, does no harm.
 */

import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { deleteEventsBefore } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteEndedExportJobs, endedExportFiles, forgetExportFile } from "../../stores/postgres/export-jobs.ts";
import { deleteEndedImportJobs, endedImportFiles, forgetImportFile } from "../../stores/postgres/import-jobs.ts";

/** Retention periods in days; 0 means forever. */
export interface Retention {
  eventDays: number;
  mailDays: number;
  exportFileDays: number;
  jobDays: number;
}

export interface SweepServices {
  database: Database;
  events: EventDatabase;
  objects: ObjectStore;
  clock: () => Date;
}

const dayMs = 24 * 3600 * 1000;
/** The number of files looked up at a time. */
const filesPerRound = 500;

/** The queries for files of ended jobs, by kind of job. */
const jobFiles = [
  { ended: endedExportFiles, forget: forgetExportFile },
  { ended: endedImportFiles, forget: forgetImportFile },
];

/** Sweeps once. Returns the number of deleted items; stops between two steps when `signal` aborts. */
export async function sweep(
  services: SweepServices,
  retention: Retention,
  signal: AbortSignal,
): Promise<{ files: number; packs: number; jobs: number }> {
  const { database, events, objects } = services;
  const now = services.clock().getTime();
  const before = (days: number) => (days === 0 ? undefined : new Date(now - days * dayMs));
  const removed = { files: 0, packs: 0, jobs: 0 };

  const filesBefore = before(retention.exportFileDays);
  const jobsBefore = before(retention.jobDays);
  // A job must not be deleted before its file: nothing would refer to the file any more.
  const fileAge = [filesBefore, jobsBefore]
    .filter((date) => date !== undefined)
    .sort((a, b) => b.getTime() - a.getTime())[0];
  for (const { ended, forget } of jobFiles) {
    while (fileAge && !signal.aborted) {
      const files = await ended(database, fileAge, filesPerRound);
      for (const { id, objectKey } of files) {
        await objects.delete(objectKey);
        await forget(database, id);
        removed.files++;
      }
      if (files.length < filesPerRound) break;
    }
  }
  if (fileAge && !signal.aborted) removed.files += await deleteStrays(objects, fileAge, signal);
  if (jobsBefore && !signal.aborted) {
    removed.jobs = await deleteEndedExportJobs(database, jobsBefore);
    removed.jobs += await deleteEndedImportJobs(database, jobsBefore);
  }
  const mailBefore = before(retention.mailDays);
  if (mailBefore && !signal.aborted) removed.packs = await deletePacksBefore(objects, mailBefore, signal);
  const eventsBefore = before(retention.eventDays);
  if (eventsBefore && !signal.aborted) await deleteEventsBefore(events, eventsBefore);
  return removed;
}

/** Deletes files without a job: their run ended just before it could complete the job, which was then canceled. */
async function deleteStrays(objects: ObjectStore, before: Date, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for await (const { key, modified } of objects.list("exports/")) {
    if (signal.aborted) break;
    if (modified >= before) continue;
    await objects.delete(key);
    removed++;
  }
  return removed;
}

/** Deletes old packs. There is a folder per day, deleted once all of the day is older. */
async function deletePacksBefore(objects: ObjectStore, before: Date, signal: AbortSignal): Promise<number> {
  const firstKept = `mail/${before.toISOString().slice(0, 10).replaceAll("-", "/")}/`;
  let removed = 0;
  for await (const { key } of objects.list("mail/")) {
    if (signal.aborted) break;
    // Keys sort in the order of days.
    if (key >= firstKept) continue;
    await objects.delete(key);
    removed++;
  }
  return removed;
}
