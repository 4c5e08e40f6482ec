/**
 * Rewrites what SMTP can't carry, or a server on the way may change: lines of more than 998 octets (RFC 5322, 2.1.1; RFC 5321, 4.5.3.1.6). Servers such as
 * Postfix break them, and with them the DKIM signature. Long header lines are folded, parts with long lines get another
 * transfer encoding. Everything else stays unchanged, byte for byte.
 */
import { type HeaderField, readHeaderBlock } from "./header-block.ts";
import { MailError } from "./mail-error.ts";
import { type Edit, encodingField, fieldValue, leafParts, type MimePart } from "./mime-parts.ts";
import {
  base64Length,
  decodeQuotedPrintable,
  hasLongLine,
  is7Bit,
  maxLine,
  prefersQuotedPrintable,
  quotedPrintable,
  writeBase64,
} from "./transfer-encoding.ts";

/** Forwarded messages are rewritten in themselves, this deep. */
const maxForwarded = 8;

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
  const edits = fields.flatMap((field) => foldedField(message, field));
  for (const leaf of leafParts(message, fields, bodyStart)) {
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

/**
 * The message with other transfer encodings for parts whose content is not 7-bit; the same buffer if there are none.
 * Signed and encrypted parts stay unchanged, and so does what can't be encoded: forwarded messages, and text around parts.
 * @param message with CRLF line breaks.
 * @throws MailError if its header or that of a part is malformed.
 */
export function asSevenBit(message: Buffer): Buffer {
  const { fields, bodyStart } = readHeaderBlock(message);
  if (is7Bit(message.subarray(bodyStart))) return message;
  const edits = leafParts(message, fields, bodyStart).flatMap((leaf) => {
    const { type, sealed, start, end } = leaf;
    if (sealed || isForwarded(type) || is7Bit(message.subarray(start, end))) return [];
    return encodedPart(message, leaf, 0);
  });
  return applied(message, edits);
}

const isForwarded = (type: string) => type === "message/rfc822" || type === "message/global";

function tooLong(): MailError {
  return new MailError(`The message has a line of more than ${maxLine} octets, which can't be sent.`);
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
  if (isForwarded(type)) {
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
