/**
 * The payload of publication_batches: per event a line with its properties and a line with its body. So the body, which
 * is JSON, is neither parsed nor escaped again.
 */
import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdCompress } from "node:zlib";
import { number, object, optional, picklist, string } from "valibot";
import { parseJson } from "../common/parse-data.ts";
import { readStoredText } from "../common/stored-text.ts";
import { type PublishedEvent, publishedTypes } from "./published-event.ts";

const compress: (bytes: Uint8Array, options: ZstdOptions) => Promise<Uint8Array> = promisify(zstdCompress);

/** On the thread pool, so a level that is slower than the outbox's costs the main thread nothing. */
const compression: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

const properties = object({
  id: string(),
  type: picklist(publishedTypes),
  publication: number(),
  messageId: optional(string()),
  at: number(),
  identity: optional(string()),
});

export async function encodeBatch(events: readonly PublishedEvent[]): Promise<{ bytes: number; payload: Uint8Array }> {
  const lines = events.map(({ body, ...rest }) => `${JSON.stringify(rest)}\n${body}\n`).join("");
  const bytes = Buffer.from(lines);
  return { bytes: bytes.length, payload: await compress(bytes, compression) };
}

/** @throws MalformedData */
export async function decodeBatch(payload: Uint8Array): Promise<PublishedEvent[]> {
  const lines = (await readStoredText(payload, "a batch of events")).split("\n");
  const events: PublishedEvent[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [line = "", body = ""] = lines.slice(at, at + 2);
    const { messageId, identity, ...rest } = parseJson(properties, line, "a published event");
    events.push({ ...rest, messageId, identity, body });
  }
  return events;
}
