/**
 * The header fields of the messages that this process has accepted lately: mostly the router needs them a moment later.
 * Those of other messages are read from the object store.
 */
import { BoundedMap } from "../common/bounded-map.ts";

export interface RecentHeaders {
  /** Keeps the header fields of a message in MIME format. */
  keep(messageId: string, mime: Uint8Array): void;
  /** The start of the message with all its header fields; undefined if they are not kept. */
  of(messageId: string): Buffer | undefined;
}

const capacity = 10_000;
/** In bytes, per message; longer ones are not kept. */
const longest = 8 * 1024;

const emptyLine = Buffer.from("\r\n\r\n");

export function createRecentHeaders(): RecentHeaders {
  const kept = new BoundedMap<string, Buffer>({ capacity, evicts: "oldest" });
  return {
    keep(messageId, mime) {
      const start = Buffer.from(mime.buffer, mime.byteOffset, Math.min(mime.byteLength, longest));
      const end = start.indexOf(emptyLine);
      // A copy: a part of the message would keep all of it in memory.
      if (end >= 0) kept.set(messageId, Buffer.from(start.subarray(0, end + emptyLine.length)));
    },
    of: (messageId) => kept.get(messageId),
  };
}
