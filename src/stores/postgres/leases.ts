/** Leases: each limits a background task to one process at a time. */
import type { Database, Queryable } from "./database.ts";
import { buryAllWorkers } from "./queue-workers.ts";

/** Takes or renews a lease for `seconds`; false if another holder has it. Uses the database's clock. */
export async function takeLease(database: Queryable, name: string, holder: string, seconds: number): Promise<boolean> {
  const rows = await database.query<{ holder: string }>(
    `INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3::float8))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.holder = excluded.holder OR leases.expires_at <= now()
     RETURNING holder`,
    [name, holder, seconds],
  );
  return rows.length === 1;
}

/** Releases a lease, so that the next process need not wait until it expires. */
export async function releaseLease(database: Queryable, name: string, holder: string): Promise<void> {
  await database.query("DELETE FROM leases WHERE name = $1 AND holder = $2", [name, holder]);
}

/**
 * Releases everything that earlier processes held: leases, runs of jobs, claims of the send queue. Only for an
 * embedded database: since only one process can use it, all earlier ones are gone, and nothing needs to expire first.
 */
export async function endEarlierProcesses(database: Database): Promise<void> {
  if (database.kind !== "embedded") return;
  await database.query("DELETE FROM leases");
  await buryAllWorkers(database);
  for (const jobs of ["export_jobs", "import_jobs"]) {
    await database.query(`UPDATE ${jobs} SET run_expires_at = now() WHERE status = 'PROCESSING'`);
  }
}
