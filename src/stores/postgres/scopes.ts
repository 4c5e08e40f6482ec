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

const columns = `id, account AS "accountId", region`;

/** All scopes, in the order of their creation. */
export async function selectScopes(database: Queryable): Promise<Scope[]> {
  return database.query(`SELECT ${columns} FROM scopes ORDER BY id`);
}

/** The scope with this ID; undefined if there is none. */
export async function selectScope(database: Queryable, id: number): Promise<Scope | undefined> {
  return (await database.query<Scope>(`SELECT ${columns} FROM scopes WHERE id = $1`, [id]))[0];
}

/** The scope of an account in a region; undefined if the account has none there yet. */
export async function findScope(database: Queryable, accountId: string, region: string): Promise<Scope | undefined> {
  const rows = await database.query<Scope>(`SELECT ${columns} FROM scopes WHERE account = $1 AND region = $2`, [
    accountId,
    region,
  ]);
  return rows[0];
}

/** Whether there are scopes besides the database's. */
export async function hasOtherScopes(database: ScopedQueryable): Promise<boolean> {
  return (await database.query("SELECT FROM scopes WHERE id <> $1 LIMIT 1", [database.scope])).length > 0;
}

/** Adds the scope of an account in a region, with SES's default settings, unless it exists or there is no such account. */
export async function insertScope(database: Queryable, accountId: string, region: string): Promise<void> {
  await database.query(
    `WITH added AS (
       INSERT INTO scopes (account, region) SELECT id, $2 FROM accounts WHERE id = $1
       ON CONFLICT (account, region) DO NOTHING RETURNING id
     )
     INSERT INTO account (scope) SELECT id FROM added`,
    [accountId, region],
  );
}

/** All accounts, the default one first, then the oldest. */
export async function selectAccounts(database: Queryable): Promise<StoredAccount[]> {
  return database.query(`SELECT id, name, created_at AS "createdAt" FROM accounts ORDER BY created_at NULLS FIRST, id`);
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
      const taken = await transaction.query("SELECT FROM scopes WHERE region = $1 LIMIT 1", [region]);
      if (taken.length > 0) return "region-taken";
      await transaction.query("UPDATE scopes SET region = $2 WHERE region = $1", [before.region, region]);
    }
    return "named";
  });
}
