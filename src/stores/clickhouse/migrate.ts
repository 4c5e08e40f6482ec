/**
 * Migrates the event database: applies the files of `migrations/` in order. ClickHouse has no transactions, so every
 * statement must be harmless when it runs twice: two processes may start together, or a process may end between a
 * statement and the record of its file.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { array, object, string } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import { splitStatements } from "../sql-statements.ts";
import type { EventClient } from "./event-database.ts";

const migrationRows = array(object({ name: string(), checksum: string() }));
const ownMigrations = new URL("./migrations/", import.meta.url);

/** Applies the files of a folder that have not been applied. Throws if a file breaks that rule or fails. */
export async function migrate(client: EventClient, folder: URL = ownMigrations): Promise<void> {
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS migrations (name String, checksum String, applied_at DateTime DEFAULT now())
      ENGINE = ReplacingMergeTree ORDER BY name`,
  });
  const records = await client.query({ query: "SELECT name, checksum FROM migrations", format: "JSONEachRow" });
  const applied = new Map(
    parseData(migrationRows, await records.json(), "the record of migrations").map(({ name, checksum }) => [
      name,
      checksum,
    ]),
  );
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  for (const name of applied.keys()) {
    if (!names.includes(name)) {
      throw new Error(`the event database has migration ${name}, which this version does not know: it is newer`);
    }
  }
  for (const name of names) {
    const text = await readFile(new URL(name, folder), "utf8");
    const checksum = createHash("sha256").update(text).digest("hex");
    if (applied.has(name)) {
      if (applied.get(name) !== checksum) throw new Error(`migration ${name} is not the text that was applied`);
      continue;
    }
    const statements = splitStatements(text, "clickhouse");
    for (const statement of statements) {
      if (!/\bIF (NOT )?EXISTS\b/i.test(statement)) {
        throw new Error(`migration ${name} has a statement that can't run twice: ${statement.split("\n")[0]}`);
      }
    }
    for (const statement of statements) await client.command({ query: statement });
    // Two processes may both record it: the rows merge into one.
    await client.insert({ table: "migrations", values: [{ name, checksum }], format: "JSONEachRow" });
  }
}
