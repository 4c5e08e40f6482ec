/**
 * Locks a folder that only one process may use. The lock is an open transaction on an empty SQLite file in the folder,
 * since Node has no other access to the operating system's file locks. The kernel releases it when the process ends,
 * however it ends, so there are no stale locks and no process IDs to trust. Unlike a socket or a process ID, it also
 * works between containers that share the folder.
 */
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The folder is in use by another process. */
export class DataFolderInUse extends Error {
  override name = "DataFolderInUse";
}

/** SQLITE_BUSY: another process has locked the file. */
const busy = 5;

/** This process's locks by folder. Without a reference, garbage collection would release a lock. */
const held = new Map<string, DatabaseSync>();

/** Locks the folder, creating it if necessary; returns a function that unlocks it. Throws `DataFolderInUse`. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = await realpath(folder);
  // Only for the error message: the process to stop.
  const note = join(path, "mailglass.pid");
  const file = new DatabaseSync(join(path, "mailglass.lock"), { timeout: 0 });
  try {
    // Nothing is ever written to the file, so it needs no journal file.
    file.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (!isBusy(error)) throw error;
    throw new DataFolderInUse(
      `the data folder ${folder} is in use by ${await holderIn(note)}. Stop it, or give this server another MAILGLASS_DATA_DIR.`,
    );
  }
  held.set(path, file);
  await writeFile(note, `${process.pid} ${hostname()}\n`);
  return async () => {
    // A second call must not release a lock that was taken since.
    if (held.get(path) !== file) return;
    held.delete(path);
    file.close();
  };
}

async function holderIn(note: string): Promise<string> {
  // The holder may not have written the file yet.
  const [pid, host] = (await readFile(note, "utf8").catch(() => "")).trim().split(" ");
  if (!pid) return "another process";
  return host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === busy;
}
