/**
 * A streamed query in chDB: a Readable that fetches a chunk of the result whenever the reader is ready for one.
 *
 *   idle --(read)--> fetching, on a thread of libuv --(chunk)--> idle ... --(no more, failure, destroy)--> closed
 *
 * When the stream is destroyed while idle, chDB stops the query at once. During a fetch chDB can't be interrupted (its
 * C interface has no call for it; an aggregation would run to its end), so another connection kills the query, and the
 * fetch fails.
 */
import { addAbortSignal, Readable } from "node:stream";
import { parseError } from "@clickhouse/client";
import type { Session } from "chdb";
import type { StreamedQuery, StreamFormat } from "./event-database.ts";

/**
 * Starts the query on a session used for nothing else (chDB ends a streamed query, without its rows, when its session
 * runs another), and closes the session at the end. `kill` stops the session's query. Throws if the query can't start.
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
      // Waits for a fetch in progress.
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

/** Converts chDB's error to the client's error class, with ClickHouse's code; other errors are returned unchanged. */
export function asClickHouseError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  const parsed = parseError(error);
  if (parsed !== error) parsed.cause = error;
  return parsed;
}
