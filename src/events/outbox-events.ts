/** The events of rows of the outbox, which wait to be recorded. */
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { MalformedData } from "../common/parse-data.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import { decodeEvents } from "./record.ts";

const decompress = promisify(zstdDecompress);

/**
 * The events of a row whose lines contain a text. A row may contain thousands of messages: only these lines are parsed.
 * Of a row that was set aside, at least one event is malformed; the others count.
 */
export async function eventsContaining(
  text: string,
  { payload, refused }: { payload: Uint8Array; refused: boolean },
): Promise<EventRow[]> {
  const lines = (await decompress(payload)).toString("utf8").split("\n");
  const wanted = lines.filter((line) => line.includes(text));
  return refused ? wanted.flatMap(decodeReadable) : decodeEvents(wanted.join("\n"));
}

function decodeReadable(line: string): EventRow[] {
  try {
    return decodeEvents(line);
  } catch (error) {
    if (error instanceof MalformedData) return [];
    throw error;
  }
}
