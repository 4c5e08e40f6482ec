/** The archives table: its migration describes the columns. */
import type { InsertOutcome } from "./configuration-sets.ts";
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";

/** An archive of sent mail. */
export interface Archive {
  /** `a-` and 30 lower-case letters and digits. */
  readonly id: string;
  readonly name: string;
  /** How long each message is kept. */
  readonly retentionDays: number;
  readonly createdAt: Date;
}

const columns = `id, name, retention_days AS "retentionDays", created_at AS "createdAt"`;

/**
 * Adds an archive unless its name is taken or there are `limit` already. Concurrent calls may exceed the limit by a few.
 */
export async function insertArchive(
  database: ScopedQueryable,
  { id, name, retentionDays, createdAt }: Archive,
  limit: number,
): Promise<InsertOutcome> {
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    `WITH room AS (SELECT count(*) < $6::bigint AS free FROM archives WHERE scope = $1::integer),
     created AS (
       INSERT INTO archives (scope, id, name, retention_days, created_at)
       SELECT $1::integer, $2::text, $3::text, $4::integer, $5::timestamptz FROM room WHERE free
       ON CONFLICT (scope, name) DO NOTHING RETURNING id
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN NOT EXISTS (SELECT FROM archives WHERE scope = $1::integer AND name = $3::text)
         AND NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [database.scope, id, name, retentionDays, createdAt, limit],
  );
  if (!row) throw new Error("Inserting an archive returned no outcome");
  return row.outcome;
}

/** The archives of the scope, by name. */
export async function selectArchives(database: ScopedQueryable): Promise<Archive[]> {
  return database.query<Archive>(`SELECT ${columns} FROM archives WHERE scope = $1 ORDER BY name`, [database.scope]);
}

/** The archive with this ID; undefined if there is none. */
export async function selectArchive(database: ScopedQueryable, id: string): Promise<Archive | undefined> {
  const [archive] = await database.query<Archive>(`SELECT ${columns} FROM archives WHERE scope = $1 AND id = $2`, [
    database.scope,
    id,
  ]);
  return archive;
}

/** The archives of all scopes with their retention. */
export async function selectRetentions(database: Queryable): Promise<Pick<Archive, "id" | "retentionDays">[]> {
  return database.query(`SELECT id, retention_days AS "retentionDays" FROM archives ORDER BY id`);
}

/** Changes how long mail is kept; returns the archive, undefined if it doesn't exist. */
export async function updateArchiveRetention(
  database: ScopedQueryable,
  id: string,
  retentionDays: number,
): Promise<Archive | undefined> {
  const [archive] = await database.query<Archive>(
    `UPDATE archives SET retention_days = $3 WHERE scope = $1 AND id = $2 RETURNING ${columns}`,
    [database.scope, id, retentionDays],
  );
  return archive;
}

/** Tells that the archives of scopes are going to be deleted. */
export async function endArchivesOfScopes(database: Queryable, scopes: readonly number[]): Promise<void> {
  await database.query(
    `INSERT INTO ended_archives (id, ended_at) SELECT id, now() FROM archives WHERE scope = ANY($1::integer[])
     ON CONFLICT (id) DO NOTHING`,
    [scopes],
  );
}

/** A deleted archive that may still have files. */
export interface EndedArchive {
  readonly id: string;
  /** Whether nothing is in progress any more that began before it was deleted, and could add a file. */
  readonly settled: boolean;
}

export async function selectEndedArchives(database: Queryable): Promise<EndedArchive[]> {
  return database.query(
    "SELECT id, ended_at < now() - interval '1 hour' AS settled FROM ended_archives ORDER BY ended_at, id",
  );
}

/** Forgets deleted archives that have no files any more. */
export async function forgetEndedArchive(database: Queryable, id: string): Promise<void> {
  await database.query("DELETE FROM ended_archives WHERE id = $1", [id]);
}

/** Deletes an archive with the rows of its mail; `used`: a configuration set refers to it. */
export async function deleteArchive(database: ScopedDatabase, id: string): Promise<"deleted" | "missing" | "used"> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    const found = await transaction.query("SELECT FROM archives WHERE scope = $1 AND id = $2 FOR UPDATE", [scope, id]);
    if (found.length === 0) return "missing";
    const users = await transaction.query("SELECT FROM configuration_sets WHERE archive = $1 LIMIT 1", [id]);
    if (users.length > 0) return "used";
    await transaction.query("INSERT INTO ended_archives (id, ended_at) VALUES ($1, now())", [id]);
    await transaction.query("DELETE FROM archives WHERE id = $1", [id]);
    return "deleted";
  });
}

/** Whether a configuration set refers to the archive. */
export async function isArchiveUsed(database: ScopedQueryable, id: string): Promise<boolean> {
  const users = await database.query("SELECT FROM configuration_sets WHERE scope = $1 AND archive = $2 LIMIT 1", [
    database.scope,
    id,
  ]);
  return users.length > 0;
}

/** Runs a change that refers to an archive, which can't be deleted meanwhile. */
export async function withArchive<Result>(
  database: ScopedDatabase,
  id: string,
  change: (transaction: ScopedQueryable) => Promise<Result>,
): Promise<Result | "no-archive"> {
  return database.transaction(async (transaction) => {
    const found = await transaction.query("SELECT FROM archives WHERE scope = $1 AND id = $2 FOR KEY SHARE", [
      transaction.scope,
      id,
    ]);
    return found.length === 0 ? "no-archive" : change(transaction);
  });
}

/** Sets the archive of a configuration set's mail, null for none. A missing set is reported first. */
export async function updateConfigurationSetArchive(
  database: ScopedDatabase,
  name: string,
  archive: string | null,
): Promise<"changed" | "no-set" | "no-archive"> {
  const update = async (transaction: ScopedQueryable) => {
    const rows = await transaction.query(
      "UPDATE configuration_sets SET archive = $3 WHERE scope = $1 AND name = $2 RETURNING 1",
      [transaction.scope, name, archive],
    );
    return rows.length === 1 ? "changed" : "no-set";
  };
  if (archive === null) return update(database);
  const outcome = await withArchive(database, archive, update);
  if (outcome !== "no-archive") return outcome;
  const sets = await database.query("SELECT FROM configuration_sets WHERE scope = $1 AND name = $2", [
    database.scope,
    name,
  ]);
  return sets.length === 1 ? "no-archive" : "no-set";
}
