/**
 * The lines of a row of the publications table: those of the outbox's row, and for each message that the commit accepted
 * a line with its header fields. So publishing needs neither the event database nor the object store.
 */
import { string, tuple } from "valibot";
import { parseJson } from "../common/parse-data.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import { decodeEvents } from "./record.ts";

/** The first character of a line with header fields. Lines of events begin with `{`. */
const headerLine = "[";

/** In bytes. SES shows 10 KB of the header fields; the common ones may come later. */
const longestHeaders = 64 * 1024;

const emptyLine = Buffer.from("\r\n\r\n");

/** Encodes the header fields of a message in MIME format, or their start. */
export function encodeHeaders(messageId: string, mime: Uint8Array): string {
  const start = Buffer.from(mime.buffer, mime.byteOffset, Math.min(mime.byteLength, longestHeaders));
  const end = start.indexOf(emptyLine);
  // A byte becomes a character: header fields may contain bytes that are not UTF-8.
  const headers = start.toString("latin1", 0, end < 0 ? start.length : end + emptyLine.length);
  return `${JSON.stringify([messageId, headers])}\n`;
}

const headersOfMessage = tuple([string(), string()]);

export interface PublicationLines {
  readonly events: readonly EventRow[];
  /** The header fields of messages, or their start, by message ID. */
  readonly headers: ReadonlyMap<string, Buffer>;
}

/**
 * Decodes all lines.
 * @throws MalformedData
 */
export function decodePublicationLines(lines: string): PublicationLines {
  const headers = new Map<string, Buffer>();
  const eventLines: string[] = [];
  for (const line of lines.split("\n")) {
    if (line.startsWith(headerLine)) {
      const [messageId, text] = parseJson(headersOfMessage, line, "the headers of a published message");
      headers.set(messageId, Buffer.from(text, "latin1"));
    } else eventLines.push(line);
  }
  return { events: decodeEvents(eventLines.join("\n")), headers };
}
