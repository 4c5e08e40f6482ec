/** The part of sessions that both engines share: tracking open streams, and reading rows from a stream. */
import type { Readable } from "node:stream";
import type { EventSession, StreamedQuery, StreamFormat } from "./event-database.ts";
import { readRows } from "./read-rows.ts";

/** A session whose streams come from `open`. Calls `closed` after it has closed. */
export function createEventSession(
  open: (query: StreamedQuery & { format: StreamFormat }) => Promise<Readable>,
  closed: () => void,
): EventSession {
  const streams = new Set<Readable>();
  let closing = false;

  return {
    stream,
    async *rows(row, query) {
      yield* readRows(await stream({ ...query, format: "JSONEachRow" }), row);
    },
    async close() {
      closing = true;
      await Promise.all([...streams].map(destroy));
      closed();
    },
  };

  async function stream(query: StreamedQuery & { format: StreamFormat }): Promise<Readable> {
    if (closing) throw new Error("the session is closed");
    const opened = await open(query);
    streams.add(opened);
    opened.once("close", () => streams.delete(opened));
    // A failure while nobody reads must not end the process. The next reader still gets the error.
    opened.on("error", () => {});
    if (closing) await destroy(opened);
    return opened;
  }
}

/** Resolves once the stream has released its resources. */
function destroy(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once("close", resolve).destroy();
  });
}
