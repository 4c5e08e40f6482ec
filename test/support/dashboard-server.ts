/** The server whose dashboard a file of tests uses. */
import { databases } from "./databases.ts";
import { type InProcessOptions, type InProcessServer, startInProcess } from "./in-process-server.ts";

/**
 * Starts it in this process, on a database of the run's PostgreSQL server: PGlite's code takes seconds to compile in each
 * process, and the pages can't tell one from the other. Closing it closes the database, too.
 */
export async function startDashboardServer(options: Omit<InProcessOptions, "database"> = {}): Promise<InProcessServer> {
  const [, postgres] = databases;
  if (!postgres) throw new Error("there is no PostgreSQL server");
  const database = await postgres.open();
  const server = await startInProcess({ ...options, database });
  return {
    ...server,
    async close() {
      await server.close();
      await database.close();
    },
  };
}
