/** Leases: which process does the work that one at a time does for all. */
import type { Database, Queryable } from "./database.ts";
import { buryAllWorkers } from "./queue-workers.ts";

/** Takes or renews a lease for `seconds`; false when another holder has it. Time is the database's own. */
export async function takeLease(database: Queryable, name: string, holder: string, seconds: number): Promise<boolean> {
  const rows = await database.query<{ holder: string }>(
    `INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3::float8))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.holder = excluded.holder OR leases.expires_at < now()
     RETURNING holder`,
    [name, holder, seconds],
  );
  return rows.length === 1;
}

/** Gives a lease back, so that the next process need not wait for its end. */
export async function releaseLease(database: Queryable, name: string, holder: string): Promise<void> {
  await database.query("DELETE FROM leases WHERE name = $1 AND holder = $2", [name, holder]);
}

/**
 * Ends what earlier processes held: leases, runs of export jobs, claims of the send queue. Only for a database that takes one process: that
 * this one has it means that all earlier ones are gone, and nothing need wait for their time to run out.
 */
export async function endEarlierProcesses(database: Database): Promise<void> {
  if (database.kind !== "embedded") return;
  await database.query("DELETE FROM leases");
  await buryAllWorkers(database);
  await database.query("UPDATE export_jobs SET run_expires_at = now() WHERE status = 'PROCESSING'");
}
