/**
 * A query whose result chDB itself appends to a file, on a thread of libuv. Beside a stream it spares Node a copy of
 * each piece, and the collector the work that these copies make: an export of 500,000 rows took 0.5 s, not 1.1 s.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Session } from "chdb";
import { parameterStatement } from "./embedded-parameters.ts";
import { asClickHouseError } from "./embedded-stream.ts";
import type { FileQuery } from "./event-database.ts";
import { literal } from "./identifier.ts";

/** How often the rows read are told, and how often a query that was aborted is killed anew. */
const readMs = 500;
const killMs = 50;

/** What the query's session is watched and stopped by, from another session. */
export interface QueryControl {
  /** The rows that the query has read until now. */
  rowsRead(): Promise<number>;
  kill(): void;
}

/**
 * Runs the query on a session that nothing else uses and that ends with it; resolves to the number of rows written.
 * Aborted, it throws the signal's reason once the engine has let go of the file.
 */
export async function appendEmbedded(
  session: Session,
  query: FileQuery,
  path: string,
  control: QueryControl,
): Promise<number> {
  const { sql, parameters = {}, signal, reading } = query;
  const ended = new AbortController();
  const watching = [watch(ended.signal, control, reading), stop(ended.signal, control, signal)];
  try {
    signal?.throwIfAborted();
    const bound = parameterStatement(parameters);
    if (bound) await session.queryAsync(bound);
    const result = await session.queryAsync(`${sql} INTO OUTFILE ${literal(path)} APPEND FORMAT RawBLOB`);
    signal?.throwIfAborted();
    // Of a result that went into a file, chDB's `rowsRead` is what was written.
    return result.rowsRead;
  } catch (error) {
    signal?.throwIfAborted();
    throw asClickHouseError(error);
  } finally {
    ended.abort();
    await Promise.all(watching);
    session.close();
  }
}

async function watch(ended: AbortSignal, { rowsRead }: QueryControl, reading: FileQuery["reading"]): Promise<void> {
  while (reading && (await passed(readMs, ended))) reading(await rowsRead());
}

/** Kills until the query has ended: when it is aborted, it may not have reached the engine yet. */
async function stop(ended: AbortSignal, { kill }: QueryControl, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return;
  await new Promise<void>((resolve) => {
    for (const either of [signal, ended]) {
      if (either.aborted) resolve();
      else either.addEventListener("abort", () => resolve(), { once: true });
    }
  });
  while (!ended.aborted) {
    kill();
    await passed(killMs, ended);
  }
}

/** Whether so much time passed before the signal. */
function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}
