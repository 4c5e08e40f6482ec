/**
 * Deletes the mail of archives past their retention, and the files of deleted archives. Deleting twice, or by two servers
 * at once, does no harm.
 */
import { archivedOn, archivePrefix } from "../../events/archive-packs.ts";
import { firstMessageIdAt } from "../../events/message-id.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { deleteArchivedMail } from "../../stores/postgres/archived-mail.ts";
import { forgetEndedArchive, selectEndedArchives, selectRetentions } from "../../stores/postgres/archives.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteFound } from "./delete-found.ts";

const dayMs = 24 * 3600 * 1000;
const rowsPerDeletion = 10_000;

/** Sweeps once; returns the number of deleted files. Stops between two steps when `signal` aborts. */
export async function sweepArchives(
  { database, objects }: { readonly database: Database; readonly objects: ObjectStore },
  now: Date,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (const { id, retentionDays } of await selectRetentions(database)) {
    if (signal.aborted) return removed;
    // Mail is deleted by days, once all of the day is older. Rows go first: each that is left has its mail.
    const firstKept = new Date(now.getTime() - retentionDays * dayMs).toISOString().slice(0, 10);
    await deleteRowsBefore(database, id, new Date(firstKept), signal);
    removed += await deleteFound(objects, packsBefore(objects, id, firstKept), signal);
  }
  for (const { id, settled } of await selectEndedArchives(database)) {
    if (signal.aborted) return removed;
    removed += await deleteFound(objects, keysOf(objects, id), signal);
    if (settled && !signal.aborted) await forgetEndedArchive(database, id);
  }
  return removed;
}

async function deleteRowsBefore(database: Database, archive: string, day: Date, signal: AbortSignal): Promise<void> {
  const before = firstMessageIdAt(day.getTime());
  while (!signal.aborted) {
    if ((await deleteArchivedMail(database, archive, before, rowsPerDeletion)) < rowsPerDeletion) return;
  }
}

/** @param firstKept a day such as `2026-11-23`. */
async function* packsBefore(objects: ObjectStore, archive: string, firstKept: string): AsyncGenerator<string> {
  for await (const { key } of objects.list(archivePrefix(archive))) {
    const found = archivedOn(key);
    // Keys sort in the order of days: all further packs are younger.
    if (found === undefined || found >= firstKept) return;
    yield key;
  }
}

async function* keysOf(objects: ObjectStore, archive: string): AsyncGenerator<string> {
  for await (const { key } of objects.list(archivePrefix(archive))) yield key;
}
