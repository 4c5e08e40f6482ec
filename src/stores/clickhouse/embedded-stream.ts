/**
 * A streamed query in chDB: a Readable that fetches a chunk of the result whenever its reader is ready for one.
 *
 *   idle --(read)--> fetching, on a thread of libuv --(chunk)--> idle ... --(no more, failure, destroy)--> closed
 *
 * Destroyed while idle, chDB stops the query at once. While it fetches it can't be told (its C interface has no
 * interrupt; an aggregation would run to its end), so then another connection kills the query, and the fetch fails.
 */
import { addAbortSignal, Readable } from "node:stream";
import { parseError } from "@clickhouse/client";
import type { Session } from "chdb";
import type { StreamedQuery, StreamFormat } from "./event-database.ts";

/**
 * Starts the query on a session that nothing else uses (chDB ends a streamed query, without its rows, when its session
 * runs another) and that ends with it. `kill` stops what the session runs. Throws what the query's start throws.
 */
export function streamEmbedded(
  session: Session,
  query: StreamedQuery & { format: StreamFormat },
  kill: () => void,
): Readable {
  const chunks = start(session, query);
  let fetching = false;

  const stream: Readable = new Readable({
    read() {
      fetch().catch((error: unknown) => stream.destroy(asClickHouseError(error)));
    },
    destroy(error, callback) {
      end().then(() => callback(error), callback);
    },
  });
  return query.signal ? addAbortSignal(query.signal, stream) : stream;

  async function fetch(): Promise<void> {
    for (;;) {
      fetching = true;
      const { done, value } = await chunks.next().finally(() => {
        fetching = false;
      });
      if (stream.destroyed) return;
      if (done) {
        stream.push(null);
        return;
      }
      if (value.numBytes === 0) continue;
      query.counted?.(value.numRows);
      stream.push(value.raw());
      return;
    }
  }

  async function end(): Promise<void> {
    try {
      if (fetching) kill();
      // Waits for a fetch under way.
      await chunks.return?.();
    } finally {
      session.close();
    }
  }
}

function start(session: Session, { sql, parameters, format, signal }: StreamedQuery & { format: StreamFormat }) {
  try {
    signal?.throwIfAborted();
    return session.queryStreamBind(sql, parameters ?? {}, { format })[Symbol.asyncIterator]();
  } catch (error) {
    session.close();
    throw asClickHouseError(error);
  }
}

/** chDB's error as the client's own, with ClickHouse's code; anything else as it is. */
export function asClickHouseError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  const parsed = parseError(error);
  if (parsed !== error) parsed.cause = error;
  return parsed;
}
