/** The common interface to PostgreSQL, embedded (PGlite) or as a server. */

/** Runs single statements. Parameters are `$1`, `$2`, ...; values are never interpolated into the text. */
export interface Queryable {
  /** Returns the rows: int8 as number, timestamptz as Date, jsonb parsed, bytea as Uint8Array, arrays as arrays. */
  query<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A parameter of a prepared statement. */
export type StatementParameter = string | number | Date | Uint8Array | null;

/** An open database with all migrations applied. */
export interface Database extends Queryable {
  /** `embedded` admits one process and never syncs to disk; `server` is a real PostgreSQL. */
  readonly kind: "embedded" | "server";
  /** Runs a frequent statement that returns no rows. It is prepared at its first use. */
  run(text: string, parameters: readonly StatementParameter[]): Promise<void>;
  /**
   * Runs a frequent statement whose columns are all text. The embedded database prepares it at its first use, so its
   * plan must stay good while the tables grow. A server plans each call.
   */
  texts(text: string, parameters: readonly StatementParameter[]): Promise<(string | null)[][]>;
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>;
  /** Waits for statements in progress, then closes. */
  close(): Promise<void>;
}

/** The scope of the default account and region; its row always exists. */
export const defaultScope = 1;

/** Statements about the resources of one scope: an account in a region. Functions that need it pass `scope` to their SQL. */
export interface ScopedQueryable extends Queryable {
  /** A row of the table scopes. */
  readonly scope: number;
}

/** A database, and the scope whose resources its user may see and change. */
export interface ScopedDatabase extends Database, ScopedQueryable {
  transaction<Result>(work: (transaction: ScopedQueryable) => Promise<Result>): Promise<Result>;
}

/** The statements of an open transaction, for the resources of a scope. */
export function queryableInScope({ query }: Queryable, scope: number): ScopedQueryable {
  return { query, scope };
}

/** The same database, for the resources of a scope. */
export function inScope(database: Database, scope: number): ScopedDatabase {
  return {
    ...database,
    scope,
    transaction: (work) => database.transaction((transaction) => work(queryableInScope(transaction, scope))),
  };
}
