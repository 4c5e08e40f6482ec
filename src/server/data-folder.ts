/** Creates the data folder, and keeps other users of the machine out of it: it holds mail, secrets and databases. */
import { chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";

/** The permissions of the group and of others. */
const foreign = 0o077;
/** The sticky bit: a folder that users share, such as /tmp. */
const sticky = 0o1000;
/** What the folder may contain. */
const storeFolders = ["postgres", "clickhouse", "objects"];

/**
 * Creates the folder for this user only. An existing folder that others can enter is closed to them, with a warning; if
 * it can't be (it is shared, or another user's), the folders of the stores in it are.
 */
export async function prepareDataFolder(folder: string, log: Pick<FastifyBaseLogger, "warn">): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if ((mode & foreign) === 0) return;
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  if ((mode & sticky) === 0 && (await close(folder))) {
    log.warn({ folder, mode: octal }, "the data folder was open to other users of this machine; its mode is 0700 now");
    return;
  }
  for (const name of storeFolders) await close(join(folder, name));
  log.warn(
    { folder, mode: octal },
    "the data folder is open to other users of this machine, and this process can't or must not close it; give MAILGLASS_DATA_DIR a folder of its own with mode 0700",
  );
}

/** Takes the others' permissions away; returns false if that is not possible. */
async function close(folder: string): Promise<boolean> {
  try {
    await chmod(folder, 0o700);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
