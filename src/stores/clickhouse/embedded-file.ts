/**
 * A query whose result chDB appends to a file by itself, on a thread of libuv. Compared with a stream, this saves Node
 * a copy of each chunk and the garbage collection of the copies: an export of 500,000 rows took 0.5 s instead of 1.1 s.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Session } from "chdb";
import { parameterStatement } from "./embedded-parameters.ts";
import { asClickHouseError } from "./embedded-stream.ts";
import type { FileQuery } from "./event-database.ts";
import { literal } from "./identifier.ts";

/** How often to report the rows read, and how often to repeat the kill of an aborted query, in milliseconds. */
const readMs = 500;
const killMs = 50;

/** Monitors and stops the query from another session. */
export interface QueryControl {
  /** The number of rows that the query has read so far. */
  rowsRead(): Promise<number>;
  kill(): void;
}

/**
 * Runs the query on a session used for nothing else, and closes the session. Resolves to the number of rows written.
 * If aborted, throws the signal's reason after the engine has closed the file.
 */
export async function appendEmbedded(
  session: Session,
  query: FileQuery,
  path: string,
  control: QueryControl,
): Promise<number> {
  const { sql, parameters = {}, signal, reading, between } = query;
  const ended = new AbortController();
  const watching = [watch(ended.signal, control, reading), stop(ended.signal, control, signal)];
  try {
    signal?.throwIfAborted();
    const bound = parameterStatement(parameters);
    if (bound) await session.queryAsync(bound);
    const result = await session.queryAsync(`${sql} INTO OUTFILE ${literal(path)} APPEND FORMAT ${formatOf(between)}`);
    signal?.throwIfAborted();
    // For a result written to a file, chDB's `rowsRead` is the number of rows written.
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

/** Only texts that end up in the file unchanged: RawBLOB is a quarter faster, but has nothing between rows. */
function formatOf(between: string | undefined): string {
  if (between === undefined) return "RawBLOB";
  const none = ["row_before", "row_after", "result_before", "result_after"].map(
    (name) => `format_custom_${name}_delimiter = ''`,
  );
  return `CustomSeparated SETTINGS format_custom_escaping_rule = 'Raw', ${none.join(", ")}, format_custom_row_between_delimiter = ${literal(between)}`;
}

async function watch(ended: AbortSignal, { rowsRead }: QueryControl, reading: FileQuery["reading"]): Promise<void> {
  while (reading && (await passed(readMs, ended))) reading(await rowsRead());
}

/** Repeats the kill until the query has ended: on abort, the query may not have reached the engine yet. */
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

/** Waits for the time to pass; false if the signal came first. */
function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}
