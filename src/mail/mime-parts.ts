/** Parses the leaf parts of a message to send strictly: to count them, check types and file names, and track links. */
import { type HeaderField, maxHeaderBytes, readHeaderBlock } from "./header-block.ts";
import { MailError } from "./mail-error.ts";
import { maxMimeParts } from "./message-stamp.ts";
import { leavesOf, type Multipart } from "./multipart.ts";
import { boundaryOf } from "./parameters.ts";

/** A leaf part. */
export interface MimePart {
  readonly fields: readonly HeaderField[];
  /** In lower case, `text/plain` if there is none. */
  readonly type: string;
  /** Whether it is inside a multipart/signed or multipart/encrypted (RFC 1847) and so must stay unchanged. */
  readonly sealed: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * The leaf parts of a body, in order.
 * @param fields the message's own header.
 * @param bodyStart where the body starts in `bytes`.
 * @throws MailError if a part has a malformed header, the headers of the parts are too long together, or there are too
 * many parts, including multiparts.
 */
export function leafParts(bytes: Buffer, fields: readonly HeaderField[], bodyStart: number): MimePart[] {
  // The message itself is one.
  let parts = 1;
  let headerBytes = maxHeaderBytes;
  const leaves = leavesOf(bytes, { fields, bodyStart, ...mediaType(fields) }, (start, end) => {
    if (++parts > maxMimeParts) throw new MailError(`The message has more than ${maxMimeParts} MIME parts.`);
    const header = readHeaderBlock(bytes, { start, end, mostBytes: headerBytes });
    headerBytes -= header.bodyStart - start;
    return { ...header, ...mediaType(header.fields) };
  });
  return leaves.map(({ header, parent, start, end }) => ({
    fields: header.fields,
    type: header.type,
    sealed: isSealed(parent),
    start,
    end,
  }));
}

function isSealed(multipart: Multipart | undefined): boolean {
  for (let around = multipart; around !== undefined; around = around.parent) {
    if (around.type === "multipart/signed" || around.type === "multipart/encrypted") return true;
  }
  return false;
}

/** The value of the first field with this name (in lower case), or undefined. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value;
}

/** A value with one character for each byte. */
export function fieldBytes(value: string): string {
  return /[\u0100-\uffff]/.test(value) ? Buffer.from(value).toString("latin1") : value;
}

/** Bytes of a message to replace. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** The edit of a part's header that sets its transfer encoding. */
export function encodingField(message: Buffer, { fields, start }: MimePart, encoding: string): Edit {
  const bytes = Buffer.from(`Content-Transfer-Encoding: ${encoding}\r\n`);
  const own = fields.find(({ name }) => name.toLowerCase() === "content-transfer-encoding");
  // A part without fields begins with the empty line.
  const last = fields.at(-1)?.end ?? start - (message[start - 2] === 0x0d ? 2 : 1);
  return own ? { start: own.start, end: own.end, bytes } : { start: last, end: last, bytes };
}

function mediaType(fields: readonly HeaderField[]): { type: string; boundary: string | undefined } {
  const value = fieldValue(fields, "content-type") ?? "text/plain";
  const type = /^[^\s;]*/.exec(value)?.[0].toLowerCase() ?? "";
  return { type, boundary: type.startsWith("multipart/") ? boundaryOf(fieldBytes(value)) : undefined };
}
