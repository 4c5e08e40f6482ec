import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareDataFolder } from "./data-folder.ts";

describe("the data folder", () => {
  let root = "";
  let warnings: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void warnings.push(line) };
  const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;
  beforeEach(async () => {
    warnings = [];
    root = await mkdtemp(join(tmpdir(), "mailglass-folder-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("is made for its user only, whatever the umask is", async () => {
    const folder = join(root, "new/data");
    await prepareDataFolder(folder, log);
    expect(await modeOf(folder)).toBe(0o700);
    await prepareDataFolder(folder, log);
    expect(warnings).toEqual([]);
  });

  it.each([0o755, 0o750, 0o777, 0o701])(
    "that others can enter is closed to them, with one warning: %o",
    async (mode) => {
      await chmod(root, mode);
      await writeFile(join(root, "file"), "");
      await prepareDataFolder(root, log);
      expect(await modeOf(root)).toBe(0o700);
      const octal = `0${mode.toString(8)}`;
      expect(warnings).toEqual([[{ folder: root, mode: octal }, expect.stringContaining("its mode is 0700 now")]]);
      await prepareDataFolder(root, log);
      expect(warnings).toHaveLength(1);
    },
  );

  it("that is shared, as /tmp is, stays open, but the stores in it don't", async () => {
    await mkdir(join(root, "postgres"));
    await chmod(join(root, "postgres"), 0o755);
    await chmod(root, 0o1777);
    await prepareDataFolder(root, log);
    expect(await modeOf(root)).toBe(0o1777);
    expect(await modeOf(join(root, "postgres"))).toBe(0o700);
    expect(warnings).toEqual([[expect.anything(), expect.stringContaining("can't or must not close it")]]);
  });
});
