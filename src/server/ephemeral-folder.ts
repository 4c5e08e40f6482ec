/**
 * Data folders of servers that keep nothing: temporary folders, removed when the process ends. Each is locked by its
 * process, so that what a killed process left behind is recognized, and removed at the next start.
 */
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolderInUse, lockFolder } from "../stores/postgres/folder-lock.ts";

/** A locked folder. */
export interface EphemeralFolder {
  readonly path: string;
  /** Removes it with its contents; also called when the process exits. */
  remove(): void;
}

const prefix = "mailglass-ephemeral-";
/** Has this name until it is locked, so that no other process takes it for one that was left behind. */
const unlockedPrefix = "mailglass-unlocked-";
/** An unlocked folder that is this old was left by a process that was killed between two statements. */
const longUnlockedMs = 60_000;

/** Creates and locks a folder for this user only, after it has removed those that ended processes left behind. */
export async function createEphemeralFolder(parent = tmpdir()): Promise<EphemeralFolder> {
  await removeLeftFolders(parent);
  const unlocked = await mkdtemp(join(parent, unlockedPrefix));
  const path = join(parent, prefix + unlocked.slice(-6));
  const unlock = await lockFolder(unlocked);
  await rename(unlocked, path);
  const remove = () => {
    // Threads of the databases may still be writing when a process is cut short.
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    process.off("exit", remove);
    void unlock();
  };
  process.on("exit", remove);
  return { path, remove };
}

async function removeLeftFolders(parent: string): Promise<void> {
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    const unlocked = entry.name.startsWith(unlockedPrefix);
    // In a folder that users share, a link with such a name may lead anywhere.
    if (!entry.isDirectory() || !(unlocked || entry.name.startsWith(prefix))) continue;
    const path = join(parent, entry.name);
    try {
      const { uid, mtimeMs } = await stat(path);
      if (uid !== process.getuid?.()) continue;
      if (unlocked && Date.now() - mtimeMs < longUnlockedMs) continue;
      const unlock = await lockFolder(path);
      await rm(path, { recursive: true, force: true });
      await unlock();
    } catch (error) {
      // In use, or another process removes it at the same time.
      if (!(error instanceof DataFolderInUse || (error instanceof Error && "code" in error))) throw error;
    }
  }
}
