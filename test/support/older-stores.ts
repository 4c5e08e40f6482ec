/** Stores as the version before accounts left them: its migrations, and the rows of stores of today without scopes. */
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";
import { migrate as migrateEvents } from "../../src/stores/clickhouse/migrate.ts";
import type { Database, Queryable } from "../../src/stores/postgres/database.ts";
import { migrate } from "../../src/stores/postgres/migrate.ts";

/** Runs with a folder of the migrations before the given one. */
async function withMigrations(store: string, before: string, work: (folder: URL) => Promise<void>): Promise<void> {
  const own = new URL(`../../src/stores/${store}/migrations/`, import.meta.url);
  const path = await mkdtemp(join(tmpdir(), "mailglass-older-migrations-"));
  try {
    for (const name of await readdir(own)) if (name < before) await copyFile(new URL(name, own), join(path, name));
    await work(pathToFileURL(`${path}/`));
  } finally {
    await rm(path, { recursive: true });
  }
}

const tablesOf = async (database: Queryable) =>
  (
    await database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
         AND relname NOT IN ('migrations') ORDER BY relname`,
    )
  ).map(({ name }) => name);

/**
 * Fills an empty database with the older tables and the rows of a database of today. Returns the tables without a row.
 * Names that have grown since, such as a column of one scope, are left out.
 */
export async function fillOlderDatabase(older: Database, from: Queryable): Promise<string[]> {
  await withMigrations("postgres", "0018", (folder) => migrate(older, folder));
  // Referring rows come before what they refer to.
  const keys = await older.query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
  );
  for (const { table, name } of keys) await older.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  const empty = [];
  for (const table of await tablesOf(older)) {
    const rows = await from.query<{ row: Record<string, unknown> }>(`SELECT to_jsonb(t) AS row FROM ${table} t`);
    if (rows.length === 0) empty.push(table);
    const columns = await older.query<{ name: string; identity: boolean }>(
      `SELECT attname AS name, attidentity <> '' AS identity FROM pg_attribute
       WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`,
      [table],
    );
    const names = columns.map(({ name }) => name).filter((name) => name !== "only_row" && name !== "only_one");
    await older.query(`DELETE FROM ${table}`);
    await older.query(
      `INSERT INTO ${table} (${names.join(", ")}) OVERRIDING SYSTEM VALUE
       SELECT ${names.join(", ")} FROM jsonb_populate_recordset(NULL::${table}, $1::text::jsonb)`,
      [JSON.stringify(rows.map(({ row }) => withoutScope(table, row)))],
    );
    for (const { name, identity } of columns) {
      if (!identity) continue;
      await older.query(
        `SELECT setval(pg_get_serial_sequence('${table}', '${name}'), (SELECT coalesce(max(${name}), 0) + 1 FROM ${table}))`,
      );
    }
  }
  for (const { table, name, definition } of keys) {
    await older.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
  return empty;
}

/** Events in rows had no scope. */
function withoutScope(table: string, row: Record<string, unknown>): Record<string, unknown> {
  const { payload } = row;
  if (typeof payload !== "string" || !["outbox", "publications"].includes(table)) return row;
  const lines = zstdDecompressSync(Buffer.from(payload.slice(2), "hex")).toString();
  const older = zstdCompressSync(lines.replaceAll(/"scope":1,?/g, ""));
  return { ...row, payload: `\\x${older.toString("hex")}` };
}

/** Makes an event database that of the older version, with the events of another one. */
export async function fillOlderEvents(older: EventDatabase, from: EventDatabase): Promise<void> {
  const rows = await from.client.query({ query: "SELECT * EXCEPT (scope) FROM events", format: "JSONEachRow" });
  const events = await rows.json();
  const installation = await from.client.query({ query: "SELECT id FROM installation", format: "JSONEachRow" });
  const ids = await installation.json();
  for (const table of [
    "fold_events_with_validation",
    "fold_recipient_outcomes",
    "recipient_outcomes",
    "message_states",
    "events",
    "installation",
    "migrations",
  ]) {
    await older.client.command({ query: `DROP TABLE IF EXISTS ${table} SYNC` });
  }
  await withMigrations("clickhouse", "0004", (folder) => migrateEvents(older.client, folder));
  await older.client.insert({ table: "events", values: events, format: "JSONEachRow" });
  await older.client.insert({ table: "installation", values: ids, format: "JSONEachRow" });
  await migrateEvents(older.client);
}
