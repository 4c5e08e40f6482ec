/** The access_keys table: its migration describes the columns. */
import { defaultScope, type Queryable } from "./database.ts";

/** The extra columns of a temporary key. */
export interface StoredSession {
  readonly tokenHash: Uint8Array;
  readonly expiresAt: Date;
}

/** A row of access_keys. */
export interface StoredAccessKey {
  readonly id: string;
  /** The ID of the account that it belongs to. */
  readonly accountId: string;
  /** Whether that is the default account. */
  readonly operator: boolean;
  readonly sealedSecret: Uint8Array;
  readonly session: StoredSession | undefined;
  /** What it may do, as JSON; null for everything. */
  readonly rights: unknown;
  readonly active: boolean;
  readonly description: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** A row to add. */
export interface NewAccessKey extends Omit<StoredAccessKey, "accountId" | "operator" | "active" | "lastUsedAt"> {
  /** Undefined for the default account. */
  readonly accountId: string | undefined;
}

interface AccessKeyRow extends Omit<StoredAccessKey, "session" | "lastUsedAt"> {
  tokenHash: Uint8Array | null;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** All keys, oldest first. */
export async function selectAccessKeys(database: Queryable): Promise<StoredAccessKey[]> {
  const rows = await database.query<AccessKeyRow>(
    // By the default scope, not by a name: another process may be renaming the default account.
    `SELECT id, account AS "accountId", account = (SELECT account FROM scopes WHERE id = ${defaultScope}) AS operator,
       secret AS "sealedSecret", session_token_hash AS "tokenHash", expires_at AS "expiresAt", rights, active,
       description, created_at AS "createdAt", last_used_at AS "lastUsedAt"
     FROM access_keys ORDER BY created_at, id`,
  );
  return rows.map(({ tokenHash, expiresAt, lastUsedAt, ...row }) => ({
    ...row,
    session: tokenHash && expiresAt ? { tokenHash, expiresAt } : undefined,
    lastUsedAt: lastUsedAt ?? undefined,
  }));
}

/** Adds a key unless there are `limit` already or no such account. Concurrent calls may exceed the limit. */
export async function insertAccessKey(
  database: Queryable,
  { id, accountId, sealedSecret, session, rights, description, createdAt }: NewAccessKey,
  limit: number,
): Promise<"created" | "full" | "no-account"> {
  const [row] = await database.query<{ outcome: "created" | "full" | "no-account" }>(
    `WITH owner AS (
       SELECT id FROM accounts
       WHERE id = coalesce($8::text, (SELECT account FROM scopes WHERE id = ${defaultScope})) FOR KEY SHARE
     ), created AS (
       INSERT INTO access_keys (id, account, secret, session_token_hash, expires_at, description, created_at, rights)
       SELECT $1::text, owner.id, $2::bytea, $3::bytea, $4::timestamptz, $5::text, $6::timestamptz, $9::text::jsonb
       FROM owner
       WHERE (SELECT count(*) FROM access_keys) < $7::bigint RETURNING id
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM owner) THEN 'full'
       ELSE 'no-account' END AS outcome`,
    [
      id,
      sealedSecret,
      session?.tokenHash ?? null,
      session?.expiresAt ?? null,
      description,
      createdAt,
      limit,
      accountId ?? null,
      rights == null ? null : JSON.stringify(rights),
    ],
  );
  if (!row) throw new Error("Inserting an access key returned no outcome");
  return row.outcome;
}

/** Deletes a key; returns whether it existed. */
export async function deleteAccessKey(database: Queryable, id: string): Promise<boolean> {
  return (await database.query("DELETE FROM access_keys WHERE id = $1 RETURNING id", [id])).length > 0;
}

/** Deletes temporary keys that expired before `before`. */
export async function deleteExpiredAccessKeys(database: Queryable, before: Date): Promise<void> {
  await database.query("DELETE FROM access_keys WHERE expires_at < $1", [before]);
}

/** Activates or deactivates a key; returns whether it exists. */
export async function updateAccessKeyActive(database: Queryable, id: string, active: boolean): Promise<boolean> {
  return (
    (await database.query("UPDATE access_keys SET active = $2 WHERE id = $1 RETURNING id", [id, active])).length > 0
  );
}

/** Records when keys were last used. A later time already in the row stays. */
export async function updateAccessKeysUsed(database: Queryable, used: ReadonlyMap<string, Date>): Promise<void> {
  const rows = [...used].map(([id, at]) => ({ id, at }));
  await database.query(
    `UPDATE access_keys SET last_used_at = greatest(last_used_at, used.at)
     FROM jsonb_to_recordset($1::text::jsonb) AS used (id text, at timestamptz) WHERE access_keys.id = used.id`,
    [JSON.stringify(rows)],
  );
}
