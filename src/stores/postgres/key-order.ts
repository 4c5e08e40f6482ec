/** Pages of long tables in the order of their key. */
import type { Database } from "./database.ts";

/**
 * Runs a query that reads by an index in its order, and by nothing else. Left alone, the planner takes a table that was
 * not analyzed since it grew for a short one, and sorts all of it for each page: a page of a million rows took over a
 * second instead of milliseconds. PGlite analyzes nothing by itself; a server does, some time after.
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
