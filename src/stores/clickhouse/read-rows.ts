/** Parses a stream of JSONEachRow into objects. */
import type { Readable } from "node:stream";

const lineFeed = 0x0a;

/** Yields each line of the stream as an object. Destroys the stream if the reader stops early. */
export async function* readRows<Row>(stream: Readable): AsyncGenerator<Row> {
  let rest: Uint8Array[] = [];
  for await (const bytes of stream) {
    const chunk: Buffer = bytes;
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const line = chunk.subarray(start, end);
      yield parseRow<Row>(rest.length > 0 ? Buffer.concat([...rest, line]) : line);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield parseRow<Row>(Buffer.concat(rest));
}

function parseRow<Row>(line: Buffer): Row {
  const row: Row = JSON.parse(line.toString("utf8"));
  return row;
}
