/** Migrates a database: applies the files of `migrations/`, in order, each once. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { splitStatements } from "../sql-statements.ts";
import type { Database } from "./database.ts";

const ownMigrations = new URL("./migrations/", import.meta.url);

/** A database that this version of Mailglass can't use. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

export interface Migration {
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly checksum: string;
}

/** The migrations of a folder, in the order of application. `folder` ends with a slash. */
export function readMigrations(folder: URL = ownMigrations): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folder), "utf8");
      return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
    });
}

/**
 * Applies the missing migrations and records them, all in one transaction. Processes that start concurrently wait for
 * each other. Throws a `MigrationError` if an applied file is unknown or its text differs. `folder` ends with a slash.
 */
export async function migrate(database: Database, folder: URL = ownMigrations): Promise<void> {
  const files = readMigrations(folder);
  await database.transaction(async (transaction) => {
    await transaction.query("SELECT pg_advisory_xact_lock(hashtext('mailglass migrations'))");
    await transaction.query(
      "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const applied = new Map(
      (await transaction.query<{ name: string; checksum: string }>("SELECT name, checksum FROM migrations")).map(
        ({ name, checksum }) => [name, checksum],
      ),
    );
    for (const name of applied.keys()) {
      if (!files.some((file) => file.name === name)) {
        throw new MigrationError(`the database has migration ${name}, which this version does not know: it is newer`);
      }
    }
    for (const { name, text, checksum } of files) {
      const before = applied.get(name);
      if (before !== undefined && before !== checksum) {
        throw new MigrationError(`migration ${name} is not the text that was applied to this database`);
      }
      if (before !== undefined) continue;
      for (const statement of splitStatements(text, "postgresql")) await transaction.query(statement);
      await transaction.query("INSERT INTO migrations (name, checksum) VALUES ($1, $2)", [name, checksum]);
    }
  });
}
