/** MIME entities (RFC 2045, 2.4): the Content-* fields and the body of a part, ready to be written. */
import { encodeText, isAscii } from "./charset.ts";
import {
  base64Length,
  fits7Bit,
  prefersQuotedPrintable,
  quotedPrintable,
  withCrlf,
  writeBase64,
} from "./transfer-encoding.ts";

/** A segment of a message: ASCII text, or bytes to be written in Base64. They are encoded only when written. */
export type Segment = string | { readonly base64: Uint8Array };

export interface Entity {
  /** The Content-* fields, each ended by CRLF. */
  readonly fields: string;
  readonly body: readonly Segment[];
}

/** A text with the charset that its sender declares. */
export interface DeclaredText {
  readonly data: string;
  readonly charset?: string | undefined;
}

/** Makes a text part in the shortest encoding that its characters and lines allow: 7bit, quoted-printable or Base64. */
export function textEntity(subtype: "plain" | "html", text: DeclaredText): Entity {
  const data = withCrlf(text.data);
  const plain = isAscii(data) && fits7Bit(data);
  if (plain && text.charset === undefined) {
    return { fields: textFields(subtype, "UTF-8", "7bit"), body: [data] };
  }
  const { bytes, charset } = encodeText(data, text.charset);
  if (plain) return { fields: textFields(subtype, charset, "7bit"), body: [data] };
  if (prefersQuotedPrintable(bytes)) {
    return { fields: textFields(subtype, charset, "quoted-printable"), body: [quotedPrintable(bytes, true)] };
  }
  return { fields: textFields(subtype, charset, "base64"), body: [{ base64: bytes }] };
}

function textFields(subtype: string, charset: string, encoding: string): string {
  return `Content-Type: text/${subtype}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
}

/**
 * Makes a multipart (RFC 2046, 5.1).
 * @param boundary must not occur in any part: use a random one, since parts may contain untrusted text.
 * @param parameters further parameters of the Content-Type, each preceded by a semicolon.
 */
export function multipartEntity(
  subtype: "mixed" | "alternative" | "related" | "report",
  boundary: string,
  parts: readonly Entity[],
  parameters = "",
): Entity {
  const body: Segment[] = [];
  for (const part of parts) {
    body.push(`--${boundary}\r\n${part.fields}\r\n`);
    for (const segment of part.body) body.push(segment);
    body.push("\r\n");
  }
  body.push(`--${boundary}--\r\n`);
  return { fields: `Content-Type: multipart/${subtype};\r\n boundary="${boundary}"${parameters}\r\n`, body };
}

/** The length of the segments when written, in bytes. */
export function segmentsLength(segments: readonly Segment[]): number {
  let length = 0;
  for (const segment of segments) {
    length += typeof segment === "string" ? segment.length : base64Length(segment.base64.length);
  }
  return length;
}

/** Writes the segments into one new buffer. */
export function writeSegments(segments: readonly Segment[]): Buffer {
  if (segments.every((segment) => typeof segment === "string")) return Buffer.from(segments.join(""), "latin1");
  const out = Buffer.allocUnsafe(segmentsLength(segments));
  let at = 0;
  for (const segment of segments) {
    if (typeof segment === "string") at += out.write(segment, at, "latin1");
    else at = writeBase64(segment.base64, out, at);
  }
  return out;
}
