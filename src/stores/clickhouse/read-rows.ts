/** Parses a stream of JSONEachRow into objects. */
import type { Readable } from "node:stream";
import type { GenericSchema, InferOutput } from "valibot";
import { parseJson } from "../../common/parse-data.ts";

const lineFeed = 0x0a;

/**
 * Yields each line of the stream as a row of the schema. Destroys the stream if the reader stops early.
 * @throws MalformedData for a row that does not match the schema
 */
export async function* readRows<const Row extends GenericSchema>(
  stream: Readable,
  row: Row,
): AsyncGenerator<InferOutput<Row>> {
  let rest: Uint8Array[] = [];
  for await (const bytes of stream) {
    const chunk: Buffer = bytes;
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const line = chunk.subarray(start, end);
      yield parseRow(row, rest.length > 0 ? Buffer.concat([...rest, line]) : line);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield parseRow(row, Buffer.concat(rest));
}

function parseRow<const Row extends GenericSchema>(row: Row, line: Buffer): InferOutput<Row> {
  return parseJson(row, line.toString("utf8"), "a row of the event database");
}
