/** Pages of large tables in key order. */
import type { Database } from "./database.ts";

/**
 * Runs a query that reads in the order of an index, without sorting. By default, the planner takes a table that has
 * grown since it was last analyzed for a small one, and sorts all of it for each page: a page of a million rows took
 * over a second instead of milliseconds. PGlite never analyzes by itself; a server does so with a delay.
 */
export async function queryInKeyOrder<Row extends object>(
  database: Database,
  text: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  return database.transaction(async (transaction) => {
    await transaction.query("SET LOCAL enable_sort = off");
    return transaction.query<Row>(text, parameters);
  });
}
