/** The queue_workers table: which processes deliver, so that a dead one's mail is taken up by another. */
import type { Database, Queryable } from "./database.ts";

/** Enters a worker, alive for `seconds`. Time is the database's own. */
export async function insertWorker(database: Queryable, worker: string, seconds: number): Promise<void> {
  await database.query("INSERT INTO queue_workers (id, expires_at) VALUES ($1, now() + make_interval(secs => $2))", [
    worker,
    seconds,
  ]);
}

/** Says that the worker lives; false when it was taken to be dead, and what it had claimed is another's. */
export async function renewWorker(database: Queryable, worker: string, seconds: number): Promise<boolean> {
  const rows = await database.query(
    "UPDATE queue_workers SET expires_at = now() + make_interval(secs => $2) WHERE id = $1 RETURNING 1",
    [worker, seconds],
  );
  return rows.length === 1;
}

/** Takes a worker's row away, and gives back all that it had claimed. */
export async function removeWorker(database: Database, worker: string): Promise<void> {
  await bury(database, "id = $1", [worker]);
}

/** The same for all whose time has run out; resolves to the number of rows of mail given back. */
export async function buryDeadWorkers(database: Database): Promise<number> {
  return bury(database, "expires_at < now()", []);
}

/** The same for all workers: only for a database that takes one process, when it starts. */
export async function buryAllWorkers(database: Database): Promise<void> {
  await bury(database, "true", []);
}

/**
 * Two statements: the first waits for a claim that is being made (which locks the worker's row), the second then sees what
 * was claimed. `condition` is written here, never given by a caller.
 */
async function bury(database: Database, condition: string, parameters: readonly unknown[]): Promise<number> {
  return database.transaction(async (transaction) => {
    const dead = await transaction.query<{ id: string }>(
      `DELETE FROM queue_workers WHERE ${condition} RETURNING id`,
      parameters,
    );
    if (dead.length === 0) return 0;
    const rows = await transaction.query(
      `UPDATE send_queue SET state = 'due', claimed_by = NULL
       WHERE state = 'claimed' AND claimed_by = ANY($1::uuid[]) RETURNING 1`,
      [dead.map(({ id }) => id)],
    );
    return rows.length;
  });
}
