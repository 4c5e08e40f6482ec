/** Parses the leaf parts of a message to send strictly: to count them, check types and file names, and track links. */
import { type HeaderField, maxHeaderBytes, readHeaderBlock } from "./header-block.ts";
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
 * @param onPart called for each part, including multiparts; may throw to stop.
 * @throws MailError if a part has a malformed header, or the headers of the parts are too long together.
 */
export function leafParts(
  bytes: Buffer,
  fields: readonly HeaderField[],
  bodyStart: number,
  onPart: () => void,
): MimePart[] {
  onPart();
  let headerBytes = maxHeaderBytes;
  const leaves = leavesOf(bytes, { fields, bodyStart, ...mediaType(fields) }, (start, end) => {
    onPart();
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

function mediaType(fields: readonly HeaderField[]): { type: string; boundary: string | undefined } {
  const value = fieldValue(fields, "content-type") ?? "text/plain";
  const type = /^[^\s;]*/.exec(value)?.[0].toLowerCase() ?? "";
  return { type, boundary: type.startsWith("multipart/") ? boundaryOf(fieldBytes(value)) : undefined };
}
