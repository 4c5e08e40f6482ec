/** A PostgreSQL server, accessed through a connection pool. */
import { createHash } from "node:crypto";
import pg from "pg";
import { isNetworkFault } from "../waiting.ts";
import type { Database, Queryable } from "./database.ts";

/** Receives errors of idle connections, which the pool replaces. Without one, they become Node warnings. */
export type ConnectionLog = (error: Error) => void;

/** PostgreSQL's codes for transaction conflicts that a retry resolves. */
const retryable: Readonly<Record<string, string>> = {
  "40001": "serialization_failure",
  "40P01": "deadlock_detected",
};
const mostTries = 5;
/** The type OID of bigint[], which `pg` has no name for. Its text format is, for example, `{1,2,NULL}`. */
const int8Array = 1016;

/** How long a connection may take, or the wait for a free one, in milliseconds. */
const connectWithinMs = 10_000;
/** How long a statement may take by default, in milliseconds: a server that hangs or is cut off must not stop all work. */
const statementWithinMs = 30_000;

export interface ServerOptions {
  /** The size of the pool. */
  connections?: number;
  lost?: ConnectionLog;
  /** How long a statement may take, in milliseconds; 0 for no limit. */
  statementWithinMs?: number;
}

/** Opens the pool. A statement that takes too long rejects, and its connection is closed. */
export async function openServer(url: string, options: ServerOptions = {}): Promise<Database> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  types.setTypeParser(int8Array, (text) =>
    JSON.parse(text.replace(/[{}]/g, (brace) => (brace === "{" ? "[" : "]")).toLowerCase()),
  );
  types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text));
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    types,
    application_name: "mailglass",
    connectionTimeoutMillis: connectWithinMs,
    query_timeout: options.statementWithinMs ?? statementWithinMs,
  });
  pool.on("error", options.lost ?? ((error) => process.emitWarning(error)));
  return {
    kind: "server",
    query: queryWith(pool),
    async run(text, parameters) {
      // Prepared on each connection under a unique name. PostgreSQL limits names to 63 bytes.
      const name = createHash("sha256").update(text).digest("hex").slice(0, 32);
      await pool.query({ name, text, values: [...parameters] });
    },
    texts: async (text, parameters) =>
      (await pool.query<(string | null)[]>({ text, values: [...parameters], rowMode: "array" })).rows,
    async transaction(work) {
      for (let tries = 1; ; tries++) {
        try {
          return await runTransaction(pool, work);
        } catch (error) {
          if (tries >= mostTries || !isRetryable(error)) throw error;
        }
      }
    },
    close: () => pool.end(),
  };
}

function queryWith(connection: pg.Pool | pg.PoolClient): Queryable["query"] {
  return async <Row extends object>(text: string, parameters: readonly unknown[] = []) =>
    (await connection.query<Row & pg.QueryResultRow>(text, [...parameters])).rows;
}

async function runTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that is lost between two statements emits an event that would end the process if unhandled. The next
  // statement fails and reports the error.
  const lost = (error: Error) => {
    broken = error;
  };
  client.on("error", lost);
  try {
    await client.query("BEGIN");
    try {
      const result = await work({ query: queryWith(client) });
      await client.query("COMMIT");
      return result;
    } catch (error) {
      // A rollback would wait behind the statement that does not end. Closing the connection has the same effect.
      if (isOverdue(error)) broken = error;
      else {
        await client.query("ROLLBACK").catch((reason: unknown) => {
          broken = reason instanceof Error ? reason : new Error(String(reason));
        });
      }
      throw error;
    }
  } finally {
    client.off("error", lost);
    // A connection on which even the rollback failed is not reused.
    client.release(broken);
  }
}

/** Whether a statement took too long: the error of `pg` has no code. */
function isOverdue(error: unknown): error is Error {
  return error instanceof Error && error.message === "Query read timeout";
}

/** PostgreSQL's codes for a server that is starting or shutting down (errcodes, class 57). */
const notServing = new Set(["57P01", "57P02", "57P03"]);

/** Whether an error means that the server is not reachable at the moment. */
export function isAbsence(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code !== undefined && notServing.has(error.code);
  // Errors of `pg` and its pool without a code: the connection timed out or was terminated.
  const unnamed = /^(timeout exceeded when trying to connect|Connection terminated\b.*)$/;
  return isOverdue(error) || isNetworkFault(error) || (error instanceof Error && unnamed.test(error.message));
}

/** Codes of PostgreSQL (errcodes) for a URL that it does not accept, besides class 28: user, password, pg_hba.conf. */
const notAccepted: Readonly<Record<string, string>> = {
  "3D000": "invalid_catalog_name",
  "42501": "insufficient_privilege",
  "53300": "too_many_connections",
};

/** Whether an error means that the server does not accept the URL's user, password, database or TLS options. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof pg.DatabaseError) return code.startsWith("28") || code in notAccepted;
  // Of Node's TLS, and of `pg` (without a code) for a missing password or TLS.
  return /CERT|^ERR_TLS_|^ERR_SSL_/.test(code) || /^SASL: |^The server does not support SSL/.test(error.message);
}

function isRetryable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && error.code in retryable;
}
