/**
 * Rewrites what SMTP can't carry: lines of more than 998 octets (RFC 5322, 2.1.1; RFC 5321, 4.5.3.1.6). Servers such as
 * Postfix break them, and with them the DKIM signature. Long header lines are folded, parts with long lines get another
 * transfer encoding. Everything else stays unchanged, byte for byte.
 */
import { type HeaderField, readHeaderBlock } from "./header-block.ts";
import { MailError } from "./mail-error.ts";
import { maxMimeParts } from "./message-stamp.ts";
import { fieldValue, leafParts, type MimePart } from "./mime-parts.ts";
import {
  base64Length,
  decodeQuotedPrintable,
  prefersQuotedPrintable,
  quotedPrintable,
  writeBase64,
} from "./transfer-encoding.ts";

/** In octets, without the line break. */
const maxLine = 998;
/** Forwarded messages are rewritten in themselves, this deep. */
const maxForwarded = 8;

const LF = 0x0a;
const CR = 0x0d;

/** Bytes of the message to replace. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/**
 * The message without lines that are too long; the same buffer if it has none.
 * @param message with line breaks of any kind.
 * @throws MailError if a long line can't be changed: one without a space in a header, or one in signed content.
 */
export function withoutLongLines(message: Buffer): Buffer {
  return rewritten(message, 0);
}

function rewritten(message: Buffer, depth: number): Buffer {
  if (!hasLongLine(message)) return message;
  if (depth > maxForwarded) throw tooLong();
  const { fields, bodyStart } = readHeaderBlock(message);
  let parts = 0;
  const leaves = leafParts(message, fields, bodyStart, () => {
    if (++parts > maxMimeParts) throw new MailError(`The message has more than ${maxMimeParts} MIME parts.`);
  });
  const edits = fields.flatMap((field) => foldedField(message, field));
  for (const leaf of leaves) {
    const own = leaf.fields === fields ? [] : leaf.fields.flatMap((field) => foldedField(message, field));
    const body = hasLongLine(message, leaf.start, leaf.end) ? encodedPart(message, leaf, depth) : [];
    if (leaf.sealed && own.length + body.length > 0) throw tooLong();
    edits.push(...own, ...body);
  }
  const result = applied(message, edits);
  // A long line that is in neither: in the text around parts, or in the header of a multipart.
  if (hasLongLine(result)) throw tooLong();
  return result;
}

function tooLong(): MailError {
  return new MailError(`The message has a line of more than ${maxLine} octets, which can't be sent.`);
}

/** Whether there is a line of more than 998 octets, between two offsets if they are given. */
export function hasLongLine(bytes: Buffer, from = 0, to = bytes.length): boolean {
  for (let at = from; at < to; ) {
    const found = bytes.indexOf(LF, at);
    const end = found < 0 || found > to ? to : found;
    if (end - at > maxLine && end - at - (bytes[end - 1] === CR ? 1 : 0) > maxLine) return true;
    at = end + 1;
  }
  return false;
}

/** The field with a fold before the last space of each piece that fits (RFC 5322, 2.2.3). */
function foldedField(message: Buffer, { start, end }: HeaderField): Edit[] {
  if (!hasLongLine(message, start, end)) return [];
  const lines: string[] = [];
  for (const line of message.toString("latin1", start, end).split(/(?<=\n)/)) {
    let rest = line;
    while (rest.trimEnd().length > maxLine) {
      const space = Math.max(rest.lastIndexOf(" ", maxLine), rest.lastIndexOf("\t", maxLine));
      // A line of white space alone would be obsolete syntax (RFC 5322, 4.2).
      if (space <= 0 || rest.slice(0, space).trim() === "") throw tooLong();
      lines.push(`${rest.slice(0, space)}\r\n`);
      rest = rest.slice(space);
    }
    lines.push(rest);
  }
  return [{ start, end, bytes: Buffer.from(lines.join(""), "latin1") }];
}

/** A part's body in an encoding with short lines, and the field that names it. */
function encodedPart(message: Buffer, leaf: MimePart, depth: number): Edit[] {
  const { type, fields, start, end } = leaf;
  const body = message.subarray(start, end);
  if (type === "message/rfc822" || type === "message/global") {
    // It may not be encoded (RFC 2046, 5.2.1).
    return [{ start, end, bytes: rewritten(body, depth + 1) }];
  }
  const given = fieldValue(fields, "content-transfer-encoding")?.trim().toLowerCase();
  const content = decoded(body, given);
  const isText = type.startsWith("text/");
  const asText = given === "quoted-printable" || (given !== "base64" && isText && prefersQuotedPrintable(content));
  const encoding = asText ? "quoted-printable" : "base64";
  const bytes = asText ? Buffer.from(quotedPrintable(content, isText), "latin1") : base64(content);
  const named = { start, end, bytes };
  return encoding === given ? [named] : [encodingField(message, leaf, encoding), named];
}

function decoded(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === "base64") return Buffer.from(body.toString("latin1"), "base64");
  if (encoding === "quoted-printable") return Buffer.from(decodeQuotedPrintable(body.toString("latin1")), "latin1");
  return body;
}

function base64(content: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(base64Length(content.length));
  return bytes.subarray(0, writeBase64(content, bytes, 0));
}

function encodingField(message: Buffer, { fields, start }: MimePart, encoding: string): Edit {
  const bytes = Buffer.from(`Content-Transfer-Encoding: ${encoding}\r\n`);
  const own = fields.find(({ name }) => name.toLowerCase() === "content-transfer-encoding");
  // A part without fields begins with the empty line.
  const last = fields.at(-1)?.end ?? start - (message[start - 2] === CR ? 2 : 1);
  return own ? { start: own.start, end: own.end, bytes } : { start: last, end: last, bytes };
}

function applied(message: Buffer, edits: readonly Edit[]): Buffer {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, bytes } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    // The encoding's own field may have been folded, too.
    if (start < at) continue;
    pieces.push(message.subarray(at, start), bytes);
    at = end;
  }
  pieces.push(message.subarray(at));
  return Buffer.concat(pieces);
}
