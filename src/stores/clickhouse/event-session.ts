/** What the sessions of both kinds share: the streams that are open, and rows read from one. */
import type { Readable } from "node:stream";
import type { EventSession, StreamedQuery, StreamFormat } from "./event-database.ts";
import { readRows } from "./read-rows.ts";

/** A session whose streams come from `open`; `closed` is called when it has closed. */
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
    // A failure while nobody reads must not end the process; who reads next is told of it all the same.
    opened.on("error", () => {});
    if (closing) await destroy(opened);
    return opened;
  }
}

/** Resolves once the stream has let go of everything. */
function destroy(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once("close", resolve).destroy();
  });
}
