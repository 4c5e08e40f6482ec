import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataFolderInUse, lockFolder } from "./folder-lock.ts";

const run = promisify(execFile);
/** What runs a command with a network of its own, as a container does. */
const unshare = ["unshare", "--user", "--map-root-user", "--net"] as const;
const canUnshare = spawnSync(unshare[0], [...unshare.slice(1), "true"]).status === 0;

describe("the lock of a folder", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-test-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Tries the lock in another process, which the words of `prefix` start; resolves to what it says. */
  const tryElsewhere = async (prefix: readonly string[] = []) => {
    const script = `
      import { lockFolder } from ${JSON.stringify(new URL("./folder-lock.ts", import.meta.url).href)};
      await lockFolder(process.argv[1]).then(() => console.log("locked"), (error) => console.log(error.name, error.message));`;
    const [command = "", ...words] = [...prefix, process.execPath, "--input-type=module", "--eval", script, folder];
    return (await run(command, words)).stdout.trim();
  };

  test("keeps other processes out until it is given back", async () => {
    const unlock = await lockFolder(folder);
    expect(await tryElsewhere()).toBe(
      `DataFolderInUse the data folder ${folder} is in use by process ${process.pid}. ` +
        "Stop it, or give this server another MAILGLASS_DATA_DIR.",
    );
    await unlock();
    expect(await tryElsewhere()).toBe("locked");
  });

  test.runIf(canUnshare)("keeps out a process that has a network of its own, as in another container", async () => {
    const unlock = await lockFolder(folder);
    expect(await tryElsewhere(unshare)).toMatch(/^DataFolderInUse /);
    await unlock();
    expect(await tryElsewhere(unshare)).toBe("locked");
  });

  test("is taken once in a process too, and given back once", async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toBeInstanceOf(DataFolderInUse);
    await unlock();
    const unlockAgain = await lockFolder(folder);
    await unlock();
    await expect(lockFolder(folder)).rejects.toBeInstanceOf(DataFolderInUse);
    await unlockAgain();
  });

  test("does not trust a process id that was left over", async () => {
    await writeFile(join(folder, "mailglass.pid"), `${process.pid}\n`);
    const unlock = await lockFolder(folder);
    await unlock();
  });

  test("names a holder on another host, and does without a name", async () => {
    const unlock = await lockFolder(folder);
    await writeFile(join(folder, "mailglass.pid"), "17 elsewhere\n");
    await expect(lockFolder(folder)).rejects.toThrow("is in use by process 17 on elsewhere.");
    await rm(join(folder, "mailglass.pid"));
    await expect(lockFolder(folder)).rejects.toThrow("is in use by another process.");
    await unlock();
  });

  test("leaves the two small files that it is made of, and no more", async () => {
    const unlock = await lockFolder(folder);
    expect((await readdir(folder)).sort()).toEqual(["mailglass.lock", "mailglass.pid"]);
    await unlock();
  });
});
