/** Leases: each limits a background task to one process at a time. */
import { setTimeout as delay } from "node:timers/promises";
import type { Database, Queryable } from "./database.ts";
import { buryAllWorkers } from "./queue-workers.ts";

/**
 * Takes or renews a lease for `seconds`; false if another holder has it. Uses the database's clock. No lease
 * lasts ten minutes: one that ends later was taken before that clock was set back, and counts as expired.
 */
export async function takeLease(database: Queryable, name: string, holder: string, seconds: number): Promise<boolean> {
  const rows = await database.query<{ holder: string }>(
    `INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3::float8))
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.holder = excluded.holder OR leases.expires_at <= now() OR leases.expires_at > now() + interval '10 minutes'
     RETURNING holder`,
    [name, holder, seconds],
  );
  return rows.length === 1;
}

/** Releases a lease, so that the next process need not wait until it expires. */
export async function releaseLease(database: Queryable, name: string, holder: string): Promise<void> {
  await database.query("DELETE FROM leases WHERE name = $1 AND holder = $2", [name, holder]);
}

/** A lease, its holder, and its duration in seconds unless it is renewed. */
export interface LeaseTerms {
  name: string;
  holder: string;
  seconds: number;
}

/** A lease that a loop holds from round to round. */
export interface KeptLease {
  /** Takes or renews it if a third of its time has passed; false if another holder has it. */
  hold(): Promise<boolean>;
  /** Another holder may have it: the next `hold` asks the database. */
  doubt(): void;
  /** Gives it back, so that the next process need not wait until it expires. */
  release(): Promise<void>;
}

export function createKeptLease(database: Queryable, { name, holder, seconds }: LeaseTerms): KeptLease {
  let sureUntil = 0;
  return {
    async hold() {
      if (performance.now() < sureUntil) return true;
      const held = await takeLease(database, name, holder, seconds);
      sureUntil = held ? performance.now() + (seconds * 1000) / 3 : 0;
      return held;
    },
    doubt() {
      sureUntil = 0;
    },
    release: () => releaseLease(database, name, holder),
  };
}

/**
 * Does work that may take longer than the lease: renews the lease meanwhile, and releases it at the end.
 * @param work gets a signal that aborts if the lease is lost. Another holder may have it then.
 * @returns whether the lease was free; if not, nothing is done.
 */
export async function withLease(
  database: Database,
  { name, holder, seconds }: LeaseTerms,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<boolean> {
  if (!(await takeLease(database, name, holder, seconds))) return false;
  const done = new AbortController();
  const lost = new AbortController();
  const renewing = renew();
  try {
    await work(lost.signal);
  } finally {
    done.abort();
    await renewing;
    await releaseLease(database, name, holder);
  }
  return true;

  async function renew(): Promise<void> {
    const third = (seconds * 1000) / 3;
    let until = performance.now() + 3 * third;
    while (!lost.signal.aborted) {
      await delay(third, undefined, { signal: done.signal, ref: false }).catch(() => {});
      if (done.signal.aborted) return;
      const asked = performance.now();
      try {
        if (await takeLease(database, name, holder, seconds)) until = asked + 3 * third;
        else lost.abort();
      } catch {
        // The database is away. The work goes on while the lease is certainly held.
        if (performance.now() + third > until) lost.abort();
      }
    }
  }
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
