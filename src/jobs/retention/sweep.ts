/**
 * Removes what is older than it is to be kept: events, captured mail, files of jobs, ended jobs.
 * Each is its own setting in days; 0 keeps for ever. What is removed twice, or by two servers at once, does no harm.
 */

import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { deleteEventsBefore } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteEndedExportJobs, endedExportFiles, forgetExportFile } from "../../stores/postgres/export-jobs.ts";
import { deleteEndedImportJobs, endedImportFiles, forgetImportFile } from "../../stores/postgres/import-jobs.ts";

/** For how many days things are kept; 0 is for ever. */
export interface Retention {
  eventDays: number;
  mailDays: number;
  exportFileDays: number;
  jobDays: number;
}

/** What a sweep removes from. */
export interface SweepServices {
  database: Database;
  events: EventDatabase;
  objects: ObjectStore;
  clock: () => Date;
}

const dayMs = 24 * 3600 * 1000;
/** How many files are looked up at a time. */
const filesPerRound = 500;

/** The files of ended jobs, by the kind of job. */
const jobFiles = [
  { ended: endedExportFiles, forget: forgetExportFile },
  { ended: endedImportFiles, forget: forgetImportFile },
];

/** Sweeps once. Resolves to what was removed; stops between two steps when `signal` aborts. */
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
  // A job does not go before its file: nothing would know of the file any more.
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

/** Files that no job knows of: their run ended just before it could say so, and then the job was cancelled. */
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

/** Packs lie in a folder for each day; a day goes once all of it is older. */
async function deletePacksBefore(objects: ObjectStore, before: Date, signal: AbortSignal): Promise<number> {
  const firstKept = `mail/${before.toISOString().slice(0, 10).replaceAll("-", "/")}/`;
  let removed = 0;
  for await (const { key } of objects.list("mail/")) {
    if (signal.aborted) break;
    // Keys sort as days do.
    if (key >= firstKept) continue;
    await objects.delete(key);
    removed++;
  }
  return removed;
}
