/** A PostgreSQL server, through a pool of connections. */
import { createHash } from "node:crypto";
import pg from "pg";
import { isNetworkFault } from "../waiting.ts";
import type { Database, Queryable } from "./database.ts";

/** Where a lost idle connection is told of: the pool replaces it by itself. Without one, it is a warning of Node. */
export type ConnectionLog = (error: Error) => void;

/** Conflicts between transactions that go away when the loser tries again (PostgreSQL's error codes). */
const retryable: Readonly<Record<string, string>> = {
  "40001": "serialization_failure",
  "40P01": "deadlock_detected",
};
const mostTries = 5;
/** The type of bigint[], which `pg` has no name for. Its text is such as `{1,2,NULL}`. */
const int8Array = 1016;

/** Opens the pool. `connections` is its size. */
export async function openServer(
  url: string,
  options: { connections?: number; lost?: ConnectionLog } = {},
): Promise<Database> {
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
    connectionTimeoutMillis: 10_000,
  });
  pool.on("error", options.lost ?? ((error) => process.emitWarning(error)));
  return {
    kind: "server",
    query: queryWith(pool),
    async run(text, parameters) {
      // Prepared on each connection under a name of its own; PostgreSQL's names have 63 bytes.
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
  // A connection that is lost between two statements says so by an event, which would end the process if unheard. The
  // next statement fails, and tells.
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
      await client.query("ROLLBACK").catch((reason: unknown) => {
        broken = reason instanceof Error ? reason : new Error(String(reason));
      });
      throw error;
    }
  } finally {
    client.off("error", lost);
    // A connection that could not even roll back is not given to anybody else.
    client.release(broken);
  }
}

/** PostgreSQL's codes for a server that takes no connection now: it starts, or it ends (its errcodes, class 57). */
const notServing = new Set(["57P01", "57P02", "57P03"]);

/** Whether an error says that the server does not answer (now). */
export function isAbsence(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.code !== undefined && notServing.has(error.code);
  // Errors of `pg` and its pool that have no code: no connection in time, or one that was cut.
  const unnamed = /^(timeout exceeded when trying to connect|Connection terminated\b.*)$/;
  return isNetworkFault(error) || (error instanceof Error && unnamed.test(error.message));
}

function isRetryable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && error.code in retryable;
}
