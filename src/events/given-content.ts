/**
 * What a request with raw content or a template said and the mail itself does not tell. Recorded with SEND events if test
 * endpoints are on, which show such requests as their clients wrote them.
 */
import { boolean, type InferOutput, object, optional, safeParse, string } from "valibot";
import { readHeaderBlock } from "../mail/header-block.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import { detailsOf } from "./recorded-details.ts";

const givenContent = object({
  /** Absent if the message was not sent as MIME. */
  raw: optional(
    object({
      /** The sender that the request names beside the content. */
      source: optional(string()),
      /** With the empty line after it, one character for each byte; absent if it is too long to be recorded. */
      header: optional(string()),
      /** Whether all lines end with LF; they are stored with CRLF. */
      lf: boolean(),
    }),
  ),
  /** Absent if the message was not made from a template. The data is JSON. */
  template: optional(object({ data: optional(string()) })),
});

export type GivenContent = InferOutput<typeof givenContent>;

/** What was recorded with a SEND event, for simple content an empty object; undefined if nothing was. */
export function givenContentOf(send: EventRow): GivenContent | undefined {
  const { given } = detailsOf(send);
  if (given === undefined) return undefined;
  const parsed = safeParse(givenContent, given);
  return parsed.success ? parsed.output : undefined;
}

/** In bytes. The events of all recipients have it. */
const longestHeader = 4 << 10;

/** What is to be recorded of raw content, so that `asGiven` restores it. */
export function givenRaw(data: Uint8Array, source?: string): NonNullable<GivenContent["raw"]> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const { bodyStart } = readHeaderBlock(bytes);
  return {
    source,
    header: bodyStart > longestHeader ? undefined : bytes.toString("latin1", 0, bodyStart),
    lf: !bytes.includes("\r"),
  };
}

/**
 * Raw content as its client wrote it, from the stored mail: the header has lost fields and got others, and line breaks
 * are CRLF. Content with lines that were too long, or with line breaks of several kinds, differs.
 */
export function asGiven(mime: Buffer, { header, lf }: NonNullable<GivenContent["raw"]>): Buffer {
  const emptyLine = mime.indexOf("\r\n\r\n");
  const bodyStart = emptyLine < 0 ? mime.length : emptyLine + 4;
  const text = (header ?? mime.toString("latin1", 0, bodyStart)) + mime.toString("latin1", bodyStart);
  return Buffer.from(lf ? text.replaceAll("\r\n", "\n") : text, "latin1");
}
