import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import type { EventDatabase } from "./event-database.ts";
import { migrate } from "./migrate.ts";

describe.each(eventDatabases)("migrating ($kind)", ({ open }) => {
  let folder: string;
  let events: EventDatabase;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-migrations-"));
    events = await open();
    await events.client.command({ query: "TRUNCATE TABLE migrations" });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const run = () => migrate(events.client, pathToFileURL(`${folder}/`));
  const tables = async () => {
    const answer = await events.client.query({
      query: "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'made%' ORDER BY name",
      format: "JSONEachRow",
    });
    return (await answer.json<{ name: string }>()).map(({ name }) => name);
  };
  const create = (name: string) => `CREATE TABLE IF NOT EXISTS ${name} (id UInt64) ENGINE = MergeTree ORDER BY id;\n`;

  test("applies each file once, in order, and goes on where it was interrupted", async () => {
    await write("0001-first.sql", `-- why; indeed\n${create("made_a")}${create("made_b")}`);
    await write("0002-second.sql", "CREATE TABLE IF NOT EXISTS made_c AS missing;\n");
    await expect(run()).rejects.toThrow("missing");
    expect(await tables()).toEqual(["made_a", "made_b"]);
    await write("0002-second.sql", "CREATE TABLE IF NOT EXISTS made_c AS made_a;\n");
    await run();
    await events.client.command({ query: "DROP TABLE made_a" });
    await run();
    expect(await tables()).toEqual(["made_b", "made_c"]);
  });

  test("takes no statement that can't run twice", async () => {
    await write("0001-first.sql", `${create("made_a")}CREATE TABLE made_b (id UInt64) ENGINE = Log;\n`);
    await expect(run()).rejects.toThrow("can't run twice: CREATE TABLE made_b");
    expect(await tables()).toEqual([]);
  });

  test("refuses a database that is newer, and files that changed", async () => {
    await write("0001-first.sql", create("made_a"));
    await write("0002-second.sql", create("made_b"));
    await run();
    await write("0001-first.sql", create("made_z"));
    await expect(run()).rejects.toThrow("0001-first.sql is not the text");
    await rm(join(folder, "0002-second.sql"));
    await expect(run()).rejects.toThrow("0002-second.sql, which this version does not know");
  });
});
