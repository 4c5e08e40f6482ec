import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataFolderInUse } from "./folder-lock.ts";
import { openDatabase } from "./open-database.ts";

describe("an embedded database in a folder", () => {
  let root: string;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "mailglass-test-open-"));
    folder = join(root, "data");
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
    await rm(root, { recursive: true, force: true });
  });

  /** A process that opens the folder and puts load on it: see its file. */
  const start = () => {
    const child = fork(new URL("../../../test/support/database-process.ts", import.meta.url), [folder]);
    children.push(child);
    return child;
  };
  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  /** Resolves when the process says so. */
  const said = async (child: ChildProcess, word: string) => {
    for await (const [message] of on(child, "message", { close: ["exit"] })) {
      if (message === word) return;
    }
    throw new Error(`the process ended before it said ${word}`);
  };

  test("keeps what it holds when it is opened again", async () => {
    const first = await openDatabase({ folder });
    await first.query("CREATE TABLE kept AS SELECT 1 AS one");
    await first.close();
    const second = await openDatabase({ folder });
    expect(await second.query("SELECT one FROM kept")).toEqual([{ one: 1 }]);
    await second.close();
  });

  test("takes one process, and tells the second who has it", async () => {
    const child = start();
    await said(child, "open");
    const refused = openDatabase({ folder });
    await expect(refused).rejects.toBeInstanceOf(DataFolderInUse);
    await expect(refused).rejects.toThrow(`${folder} is in use by process ${child.pid}`);
    await symlink(folder, join(root, "other-name"));
    await expect(openDatabase({ folder: join(root, "other-name") })).rejects.toBeInstanceOf(DataFolderInUse);
    await kill(child);
    const database = await openDatabase({ folder });
    await expect(openDatabase({ folder })).rejects.toThrow(`in use by process ${process.pid}`);
    await database.close();
  });

  test("is free again when it couldn't be opened", async () => {
    const first = await openDatabase({ folder });
    await first.query("INSERT INTO migrations (name, checksum) VALUES ('9999-newer.sql', '')");
    await first.close();
    for (let round = 0; round < 2; round++) {
      await expect(openDatabase({ folder })).rejects.toThrow(/9999-newer\.sql/);
    }
  });

  test.each([300, 1_200])("starts after a kill %i ms into its making", async (milliseconds) => {
    const child = start();
    await said(child, "starting");
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await kill(child);
    const database = await openDatabase({ folder });
    expect(await database.query("SELECT count(*) AS count FROM outbox")).toEqual([{ count: 0 }]);
    await database.close();
  });

  test("loses nothing it acknowledged when it is killed under load, twice", async () => {
    const acknowledged: number[] = [];
    for (let round = 1; round <= 2; round++) {
      const child = start();
      child.on("message", (message) => {
        if (typeof message === "number") acknowledged.push(message);
      });
      while (acknowledged.length < 500 * round) await once(child, "message");
      await kill(child);
      const database = await openDatabase({ folder });
      const there = new Set((await database.query<{ n: number }>("SELECT n FROM load")).map(({ n }) => n));
      expect(acknowledged.filter((n) => !there.has(n))).toEqual([]);
      await database.close();
    }
  });

  test("a server's URL that leads nowhere stops the start", async () => {
    await expect(openDatabase({ url: "postgres://postgres:password@127.0.0.1:1/none" })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});
