/** The tables accounts and scopes: their migration describes them. */
import { type Database, defaultScope, type Queryable, type ScopedQueryable } from "./database.ts";

/** An account in one region, to which resources belong. */
export interface Scope {
  /** The row of scopes. */
  readonly id: number;
  /** Twelve digits. */
  readonly accountId: string;
  /** Such as `us-east-1`. */
  readonly region: string;
}

export interface StoredAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string;
  /** Null for the default account. */
  readonly createdAt: Date | null;
}

/** A listed account. */
export interface ListedAccount extends StoredAccount {
  /** The regions that it has used, by name. */
  readonly regions: readonly string[];
}

const columns = `id, account AS "accountId", region`;

/** All scopes that are in use, in the order of their creation. */
export async function selectScopes(database: Queryable): Promise<Scope[]> {
  return database.query(`SELECT ${columns} FROM scopes WHERE retired_at IS NULL ORDER BY id`);
}

/** The scope with this ID, also a retired one; undefined if there is none. */
export async function selectScope(database: Queryable, id: number): Promise<Scope | undefined> {
  return (await database.query<Scope>(`SELECT ${columns} FROM scopes WHERE id = $1`, [id]))[0];
}

/** The scope that a database is limited to. */
export async function ownScope(database: ScopedQueryable): Promise<Scope> {
  const scope = await selectScope(database, database.scope);
  if (!scope) throw new Error(`There is no scope ${database.scope}`);
  return scope;
}

/** The scope of an account in a region; undefined if the account has none there yet. */
export async function findScope(database: Queryable, accountId: string, region: string): Promise<Scope | undefined> {
  const rows = await database.query<Scope>(
    `SELECT ${columns} FROM scopes WHERE account = $1 AND region = $2 AND retired_at IS NULL`,
    [accountId, region],
  );
  return rows[0];
}

/** The scope of the default account in the default region: the first of all scopes, or the one that replaced it. */
export async function selectDefaultScope(database: Queryable): Promise<Scope> {
  const [scope] = await database.query<Scope>(
    `SELECT ${columns} FROM scopes
     WHERE retired_at IS NULL AND (account, region) = (SELECT account, region FROM scopes WHERE id = $1)`,
    [defaultScope],
  );
  if (!scope) throw new Error("The table scopes has lost the default scope");
  return scope;
}

/** Whether there is an account with this ID. */
export async function accountExists(database: Queryable, id: string): Promise<boolean> {
  return (await database.query("SELECT FROM accounts WHERE id = $1", [id])).length > 0;
}

/** Whether there are scopes besides the database's. */
export async function hasOtherScopes(database: ScopedQueryable): Promise<boolean> {
  return (await database.query("SELECT FROM scopes WHERE id <> $1 LIMIT 1", [database.scope])).length > 0;
}

/**
 * Adds the scope of an account in a region, with SES's default settings, unless it exists, there is no such account, or
 * the account has `limit` regions already. Concurrent calls may exceed the limit.
 */
export async function insertScope(
  database: Queryable,
  accountId: string,
  region: string,
  limit: number,
): Promise<"added" | "exists" | "full" | "no-account"> {
  const [row] = await database.query<{ outcome: "added" | "exists" | "full" | "no-account" }>(
    `WITH owner AS (
       SELECT id, (SELECT count(*) FROM scopes WHERE account = $1::text AND retired_at IS NULL) < $3::bigint AS free
       FROM accounts WHERE id = $1::text
     ), added AS (
       INSERT INTO scopes (account, region) SELECT id, $2::text FROM owner WHERE free
       ON CONFLICT (account, region) WHERE retired_at IS NULL DO NOTHING RETURNING id
     ), settings AS (
       INSERT INTO account (scope) SELECT id FROM added RETURNING scope
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM settings) THEN 'added'
       WHEN NOT EXISTS (SELECT FROM owner) THEN 'no-account'
       WHEN (SELECT free FROM owner) THEN 'exists'
       ELSE 'full' END AS outcome`,
    [accountId, region, limit],
  );
  if (!row) throw new Error("Inserting a scope returned no outcome");
  return row.outcome;
}

/** All accounts, the default one first, then the oldest. */
export async function selectAccounts(database: Queryable): Promise<ListedAccount[]> {
  return database.query(
    `SELECT id, name, created_at AS "createdAt",
       ARRAY(SELECT region FROM scopes WHERE account = accounts.id AND retired_at IS NULL ORDER BY region) AS regions
     FROM accounts ORDER BY created_at NULLS FIRST, id`,
  );
}

/** Which of these account IDs no account has, in the order given. */
export async function selectUnknownAccounts(database: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }>("SELECT id FROM accounts WHERE id = ANY($1::text[])", [ids]);
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** Adds an account unless its ID is taken or there are `limit` already. Concurrent calls may exceed the limit. */
export async function insertAccount(
  database: Queryable,
  { id, name, createdAt }: StoredAccount,
  limit: number,
): Promise<"created" | "exists" | "full"> {
  const [row] = await database.query<{ outcome: "created" | "exists" | "full" }>(
    // The last branch covers a row that a concurrent transaction adds: see insertConfigurationSet.
    `WITH room AS (SELECT count(*) < $4::bigint AS free FROM accounts),
     created AS (
       INSERT INTO accounts (id, name, created_at) SELECT $1::text, $2::text, $3::timestamptz FROM room WHERE free
       ON CONFLICT (id) DO NOTHING RETURNING id
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM accounts WHERE id = $1::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [id, name, createdAt, limit],
  );
  if (!row) throw new Error("Inserting an account returned no outcome");
  return row.outcome;
}

/** What can belong to an account: its tables with a scope, and what people call their rows. */
export const belongings = [
  ["configuration sets", "configuration_sets"],
  ["email identities", "email_identities"],
  ["tenants", "tenants"],
  ["templates", "email_templates"],
  ["custom verification templates", "custom_verification_templates"],
  ["contact lists", "contact_lists"],
  ["suppressed addresses", "suppressed_destinations"],
  ["export jobs", "export_jobs"],
  ["import jobs", "import_jobs"],
  ["webhooks", "webhooks"],
  ["inbox placement tests", "deliverability_tests"],
  ["dedicated IP addresses", "dedicated_ips"],
  ["dedicated IP pools", "dedicated_ip_pools"],
  ["S/MIME certificates", "smime_certificates"],
  ["archives", "archives"],
  ["messages in the send queue", "send_queue"],
  ["commits to record", "outbox"],
  ["events kept for replays", "publications"],
] as const;

/** The tables with a scope whose rows nobody misses: they go with their scope. Its settings, `account`, do, too. */
export const tablesOfNotes = [
  "sending_hours",
  "inbox_removals",
  "inbox_floors",
  "inbox_marks",
  "alerts",
  "recommendations",
  "mirror_types",
  "deliverability_dashboards",
  "custom_verification_links",
] as const;

/** Things of an account that keep it from being deleted. */
export interface Belonging {
  /** Such as `templates`. */
  readonly what: string;
  readonly count: number;
}

/**
 * Deletes an account with its scopes and their settings, unless something belongs to it, which is returned then.
 * `recorded` counts what other stores have of its scopes. Creations of resources, scopes and keys wait meanwhile.
 */
export async function deleteAccount(
  database: Database,
  id: string,
  recorded: (scopes: readonly number[]) => Promise<readonly Belonging[]>,
): Promise<"deleted" | "unknown" | "default" | readonly Belonging[]> {
  return database.transaction(async (transaction) => {
    const found = await transaction.query("SELECT FROM accounts WHERE id = $1 FOR UPDATE", [id]);
    if (found.length === 0) return "unknown";
    const locked = await transaction.query<{ id: number; isRetired: boolean }>(
      `SELECT id, retired_at IS NOT NULL AS "isRetired" FROM scopes WHERE account = $1 FOR UPDATE`,
      [id],
    );
    if (locked.some((scope) => scope.id === defaultScope)) return "default";
    // What was reset doesn't count.
    const scopes = locked.filter(({ isRetired }) => !isRetired).map((scope) => scope.id);
    const counts = belongings.map(
      ([what, table]) => `SELECT '${what}' AS what, count(*) AS count FROM ${table} WHERE scope = ANY($2::integer[])`,
    );
    const own = await transaction.query<Belonging>(
      `SELECT 'access keys' AS what, count(*) AS count FROM access_keys WHERE account = $1::text
       UNION ALL ${counts.join(" UNION ALL ")}`,
      [id, scopes],
    );
    // Events leave the outbox for the other store, so that store comes second.
    const left = [...own, ...(scopes.length === 0 ? [] : await recorded(scopes))].filter(({ count }) => count > 0);
    if (left.length > 0) return left;
    for (const table of [...tablesOfNotes, "account"]) {
      await transaction.query(`DELETE FROM ${table} WHERE scope = ANY($1::integer[])`, [scopes]);
    }
    await transaction.query("DELETE FROM scopes WHERE id = ANY($1::integer[])", [scopes]);
    // Its retired scopes stay until they are empty, in the default account.
    await transaction.query(
      "UPDATE scopes SET account = (SELECT account FROM scopes WHERE id = $2) WHERE account = $1",
      [id, defaultScope],
    );
    await transaction.query("DELETE FROM accounts WHERE id = $1", [id]);
    return "deleted";
  });
}

/**
 * Gives the default account and the default region the names in the settings; resources keep their scope. Returns what
 * is taken: the account ID by another account, or the region by scopes beside those of the default region.
 */
export async function nameDefaultScope(
  database: Database,
  { accountId, region }: Pick<Scope, "accountId" | "region">,
): Promise<"named" | "account-taken" | "region-taken"> {
  return database.transaction(async (transaction) => {
    const before = await selectScope(transaction, defaultScope);
    if (!before) throw new Error("The table scopes has lost the default scope");
    if (before.accountId !== accountId) {
      const taken = await transaction.query("SELECT FROM accounts WHERE id = $1", [accountId]);
      if (taken.length > 0) return "account-taken";
      await transaction.query("UPDATE accounts SET id = $2 WHERE id = $1", [before.accountId, accountId]);
    }
    if (before.region !== region) {
      const taken = await transaction.query("SELECT FROM scopes WHERE region = $1 AND retired_at IS NULL LIMIT 1", [
        region,
      ]);
      if (taken.length > 0) return "region-taken";
      await transaction.query("UPDATE scopes SET region = $2 WHERE region = $1", [before.region, region]);
    }
    return "named";
  });
}
