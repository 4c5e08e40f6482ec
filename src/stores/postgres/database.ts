/** The one interface to PostgreSQL, whether it runs in this process (PGlite) or is a server. */

/** Runs single statements. Parameters are `$1`, `$2`, ...; values never become part of the text. */
export interface Queryable {
  /** Resolves to the rows: int8 as number, timestamptz as Date, jsonb parsed, bytea as Uint8Array, arrays as arrays. */
  query<Row extends object>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A parameter of a statement that is prepared once. */
export type StatementParameter = string | number | Date | Uint8Array | null;

/** An open database with all migrations applied. */
export interface Database extends Queryable {
  /** `embedded` holds one process and never syncs to disk; `server` is a real PostgreSQL. */
  readonly kind: "embedded" | "server";
  /** Runs a statement that answers no rows, prepared at its first use: for the few that run all the time. */
  run(text: string, parameters: readonly StatementParameter[]): Promise<void>;
  /**
   * Runs a statement whose columns are all text, for what is asked all the time. The embedded database prepares it at its
   * first use: its plan must be one that stays good while the tables grow. A server plans it for each call.
   */
  texts(text: string, parameters: readonly StatementParameter[]): Promise<(string | null)[][]>;
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>;
  /** Waits for statements under way, then closes. */
  close(): Promise<void>;
}
