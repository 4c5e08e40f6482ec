import { cp, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineFailure, readReport } from "./embedded-failure.ts";
import { openDatabase } from "./open-database.ts";

describe("an embedded database whose files are damaged", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "mailglass-damage-"));
    await (await openDatabase({ folder: join(root, "whole") })).close();
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const firstLog = async (folder: string) => {
    const [log = ""] = (await readdir(join(folder, "pg_wal"))).filter((name) => name.startsWith("0000"));
    return join(folder, "pg_wal", log);
  };

  test.each<[string, RegExp, (folder: string) => Promise<unknown>]>([
    [
      "the control file is overwritten",
      /database files are incompatible with server/,
      async (folder) => writeFile(join(folder, "global/pg_control"), Buffer.alloc(8192, "?")),
    ],
    [
      "the control file is empty",
      /could not read file "global\/pg_control"/,
      (folder) => truncate(join(folder, "global/pg_control")),
    ],
    [
      "the control file is gone",
      /could not open file "global\/pg_control"/,
      (folder) => rm(join(folder, "global/pg_control")),
    ],
    [
      "the log is overwritten",
      /could not locate a valid checkpoint record/,
      async (folder) => writeFile(await firstLog(folder), Buffer.alloc(16 << 20, "?")),
    ],
    [
      "the log is empty",
      /could not locate a valid checkpoint record/,
      async (folder) => truncate(await firstLog(folder)),
    ],
    ["the log is gone", /could not locate a valid checkpoint record/, async (folder) => rm(await firstLog(folder))],
    ["the version is empty", /is not a valid data directory/, (folder) => truncate(join(folder, "PG_VERSION"))],
    ["the version is gone", /the file PG_VERSION is missing/, (folder) => rm(join(folder, "PG_VERSION"))],
    [
      "a database is gone",
      /subdirectory "base\/5" is missing/,
      (folder) => rm(join(folder, "base/5"), { recursive: true }),
    ],
  ])("does not open, and says what is wrong and what to do: %s", async (_what, reason, damage) => {
    const folder = join(root, "damaged");
    await cp(join(root, "whole"), folder, { recursive: true });
    try {
      await damage(folder);
      // Twice: the first try leaves the folder as it was, and unlocked.
      for (let tries = 1; tries <= 2; tries++) {
        const failure: unknown = await openDatabase({ folder }).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(EngineFailure);
        expect(String(failure)).toMatch(reason);
        expect(String(failure)).toMatch(/can't start on \S+: .+\. Its files are damaged .+ backup, all of it, .+\.$/);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("the reason of a stop is PostgreSQL's last FATAL or PANIC, with its detail", () => {
  const at = "2026-11-30 04:02:31.702 UTC [42]";
  expect(readReport([`${at} LOG:  redo starts at 0/2000170`])).toBeUndefined();
  expect(readReport([`${at} PANIC:  could not write: No space left on device`])).toBe(
    "could not write: No space left on device",
  );
  const lines = [
    `${at} FATAL:  first`,
    `${at} FATAL:  "base/5" is wrong`,
    `${at} DETAIL:  A file is missing.`,
    "after",
  ];
  expect(readReport(lines)).toBe('"base/5" is wrong (A file is missing)');
});
