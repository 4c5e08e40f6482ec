/** Leases: which process does the work that one at a time does for all. */
import type { Queryable } from "./database.ts";

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
