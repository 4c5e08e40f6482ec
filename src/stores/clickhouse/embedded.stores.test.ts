import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventDatabase } from "./event-database.ts";
import { openEventDatabase } from "./open-event-database.ts";

const run = promisify(execFile);
const limits = { queryMemory: 100_000_000, memoryBeforeSpill: 10_000_000, threads: 1 };

describe("the embedded event database", () => {
  let parent: string;
  let events: EventDatabase;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "mailglass-chdb-"));
    events = await openEventDatabase({ folder: join(parent, "made", "here"), limits });
  });
  afterAll(async () => {
    await events.close();
    await rm(parent, { recursive: true, force: true });
  });

  test("keeps a second process off its folder, with a clear word", async () => {
    const script = `
      import { openEventDatabase } from ${JSON.stringify(new URL("./open-event-database.ts", import.meta.url).href)};
      await openEventDatabase({ folder: process.argv[1] }).then(
        () => console.log("opened"),
        (error) => console.log(error.name, error.message),
      );
      process.exit();`;
    const folder = join(parent, "made", "here");
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script, folder]);
    expect(stdout).toContain(`DataFolderInUse the data folder ${folder} is in use by process ${process.pid}.`);
  });

  test("ends a query that takes too much memory, and no more than that", async () => {
    const sql = "SELECT length(groupArray(repeat('x', 100) || toString(number))) AS length FROM numbers(5000000)";
    await expect(events.client.query({ query: sql, format: "JSONEachRow" })).rejects.toMatchObject({ code: "241" });
    const answer = await events.client.query({ query: "SELECT 1 AS one", format: "JSONEachRow" });
    expect(await answer.json()).toEqual([{ one: 1 }]);
  });

  test("sorts and groups on disk what doesn't fit in memory", async () => {
    const session = await events.openSession();
    const counts: number[] = [];
    for (const sql of [
      "SELECT number AS id, repeat('x', 100) AS text FROM numbers(2000000) ORDER BY sipHash64(number)",
      "SELECT toString(number) AS id, max(number) AS most FROM numbers(3000000) GROUP BY id",
    ]) {
      let rows = 0;
      for await (const chunk of await session.stream({ sql, format: "JSONEachRow" })) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows++;
      }
      counts.push(rows);
    }
    await session.close();
    expect(counts).toEqual([2_000_000, 3_000_000]);
  });

  test("has its rows again after it was closed, and then another folder's", async () => {
    const folder = join(parent, "made", "here");
    await events.client.command({ query: "CREATE TABLE kept (id UInt64) ENGINE = MergeTree ORDER BY id" });
    await events.insertRows("kept", [Buffer.from('{"id":1}\n')]);
    await events.close();
    await expect(events.client.query({ query: "SELECT 1" })).rejects.toThrow("closed");

    const other = await openEventDatabase({ folder: join(parent, "other") });
    await expect(other.insertRows("kept", [Buffer.from('{"id":2}\n')])).rejects.toMatchObject({ code: "60" });
    await other.close();

    events = await openEventDatabase({ folder, limits });
    const answer = await events.client.query({ query: "SELECT id FROM kept", format: "JSONEachRow" });
    expect(await answer.json()).toEqual([{ id: 1 }]);
  });
});
