/** Other users of the machine: they can neither enter the data folder nor read a file that the server made. */
import { chmod, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { simple } from "./support/sent-mail.ts";
import { removeFolder, spawnServer, startServer, temporaryFolder } from "./support/server-process.ts";

/** All paths in a folder. Files and folders of the databases come and go meanwhile. */
async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const paths = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [path, ...(await pathsIn(path))] : [path];
    }),
  );
  return paths.flat();
}

describe("the data folder of a server", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await temporaryFolder();
    await chmod(dataDir, 0o755);
  });
  afterAll(() => removeFolder(dataDir));

  it("is closed to others with a warning, and so is everything that the server makes in it", async () => {
    await using server = await startServer({ dataDir });
    await eventually(() =>
      expect(server.output()).toContain("the data folder was open to other users of this machine"),
    );
    await server.client().send(new SendEmailCommand(simple()));
    const paths = [dataDir, ...(await pathsIn(dataDir))];
    const open: string[] = [];
    // Files of the databases come and go.
    for (const path of paths) {
      const found = await stat(path).catch(() => undefined);
      // PGlite sets the modes of its files itself; the folders they are in are closed.
      const isOwn = found?.isDirectory() || !path.startsWith(join(dataDir, "postgres/"));
      if (found && isOwn && (found.mode & 0o077) !== 0) open.push(`${(found.mode & 0o777).toString(8)} ${path}`);
    }
    expect(open).toEqual([]);
    expect(paths.some((path) => path.endsWith(".pack"))).toBe(true);
  });

  it("without its master key is no folder to start on: the error says what to do, and no key is made", async () => {
    await rm(join(dataDir, "master.key"));
    const exit = await (await spawnServer({ dataDir })).exit;
    expect(exit.stderr).toMatch(/^mailglass: the master key is missing: \S+\/master\.key [^\n]+\n$/);
    expect(exit.code).toBe(1);
    expect(await readdir(dataDir)).not.toContain("master.key");
  });
});
