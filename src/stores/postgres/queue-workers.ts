/** The queue_workers table: the processes that deliver or publish, so that others take over the work of a dead one. */
import type { Database, Queryable } from "./database.ts";

/** Registers a worker as alive for `seconds`. Uses the database's clock. */
export async function insertWorker(database: Queryable, worker: string, seconds: number): Promise<void> {
  await database.query("INSERT INTO queue_workers (id, expires_at) VALUES ($1, now() + make_interval(secs => $2))", [
    worker,
    seconds,
  ]);
}

/** Extends a worker's life by `seconds`; false if it was declared dead and its claims were released. */
export async function renewWorker(database: Queryable, worker: string, seconds: number): Promise<boolean> {
  const rows = await database.query(
    "UPDATE queue_workers SET expires_at = now() + make_interval(secs => $2) WHERE id = $1 RETURNING 1",
    [worker, seconds],
  );
  return rows.length === 1;
}

/** Removes a worker and releases all its claims. */
export async function removeWorker(database: Database, worker: string): Promise<void> {
  await bury(database, "id = $1", [worker]);
}

/** A registered worker. `renewal` changes with each renewal. */
export interface RegisteredWorker {
  readonly id: string;
  readonly renewal: string;
}

export async function selectWorkers(database: Queryable): Promise<RegisteredWorker[]> {
  return database.query<RegisteredWorker>("SELECT id, expires_at::text AS renewal FROM queue_workers");
}

/** Removes a worker unless it was renewed since, and releases its claims; returns the number of rows released. */
export async function buryWorker(database: Database, { id, renewal }: RegisteredWorker): Promise<number> {
  return bury(database, "id = $1 AND expires_at::text = $2", [id, renewal]);
}

/** Removes all workers and releases their claims: only for an embedded database, at startup. */
export async function buryAllWorkers(database: Database): Promise<void> {
  await bury(database, "true", []);
}

/**
 * Uses two statements: the first waits for a claim in progress, which locks the worker's row; the second then sees the
 * claimed rows. `condition` becomes part of the SQL, so it must be a constant.
 */
async function bury(database: Database, condition: string, parameters: readonly unknown[]): Promise<number> {
  return database.transaction(async (transaction) => {
    const dead = await transaction.query<{ id: string }>(
      `DELETE FROM queue_workers WHERE ${condition} RETURNING id`,
      parameters,
    );
    if (dead.length === 0) return 0;
    const ids = dead.map(({ id }) => id);
    let released = 0;
    for (const queue of ["send_queue", "publication_batches"]) {
      const rows = await transaction.query(
        `UPDATE ${queue} SET state = 'due', claimed_by = NULL
         WHERE state = 'claimed' AND claimed_by = ANY($1::uuid[]) RETURNING 1`,
        [ids],
      );
      released += rows.length;
    }
    return released;
  });
}
