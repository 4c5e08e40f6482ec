/**
 * Keeps a second process off a folder that takes one. The lock is a transaction held open on an empty SQLite file in the
 * folder, since that is the only file lock of the operating system that Node has: the kernel takes it back when its
 * process ends, however it ends, so no lock is ever left over and no process id has to be trusted. Unlike a socket or a
 * process id it also holds between containers that share the folder.
 */
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The folder belongs to another process. */
export class DataFolderInUse extends Error {
  override name = "DataFolderInUse";
}

/** SQLITE_BUSY: somebody else has the file. */
const busy = 5;

/** The locks of this process, by folder: one that nobody refers to would be given back when memory is collected. */
const held = new Map<string, DatabaseSync>();

/** Takes the folder (made if need be) for this process; resolves to what gives it back. Throws `DataFolderInUse`. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = await realpath(folder);
  // Only for the message: whom to stop.
  const note = join(path, "mailglass.pid");
  const file = new DatabaseSync(join(path, "mailglass.lock"), { timeout: 0 });
  try {
    // Nothing is ever written to it: no journal is needed beside it.
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
    // A second call must not give back what somebody took in between.
    if (held.get(path) !== file) return;
    held.delete(path);
    file.close();
  };
}

async function holderIn(note: string): Promise<string> {
  // The holder may not have written it yet.
  const [pid, host] = (await readFile(note, "utf8").catch(() => "")).trim().split(" ");
  if (!pid) return "another process";
  return host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === busy;
}
