/** Content-Transfer-Encodings (RFC 2045, 6): chooses, encodes and decodes. Encoded output is ASCII. */

/** RFC 5322, 2.1.1: maximum length of a line in octets, without its CRLF. */
export const maxLine = 998;
/** RFC 2045, 6.7 (5) and 6.8: maximum length of an encoded line in characters. */
const maxEncodedLine = 76;

const upperHex = Buffer.from("0123456789ABCDEF", "latin1");

/** 1 for each byte that quoted-printable must encode at any position (RFC 2045, 6.7 (2)). */
const needsQuoting = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f && byte !== 0x3d) || byte === 0x09 ? 0 : 1,
);

/** Converts line breaks of any kind to CRLF, as text bodies require (RFC 2045, 6.7; RFC 5321, 2.3.8). */
export function withCrlf(text: string): string {
  return /\r(?!\n)|(?<!\r)\n/.test(text) ? text.replace(/\r\n|\r|\n/g, "\r\n") : text;
}

/** Whether ASCII text with CRLF line breaks can be sent unencoded (RFC 2045, 2.7): no NUL, no line over 998 octets. */
export function fits7Bit(text: string): boolean {
  if (text.includes("\0")) return false;
  if (text.length <= maxLine) return true;
  let start = 0;
  for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n", start)) {
    if (end - start > maxLine) return false;
    start = end + 2;
  }
  return text.length - start <= maxLine;
}

/** Whether there is a line of more than 998 octets, between two offsets if they are given. Lines may end with CRLF or LF. */
export function hasLongLine(bytes: Buffer, from = 0, to = bytes.length): boolean {
  for (let at = from; at < to; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 || found > to ? to : found;
    if (end - at > maxLine && end - at - (bytes[end - 1] === 0x0d ? 1 : 0) > maxLine) return true;
    at = end + 1;
  }
  return false;
}

/** Whether the bytes are ASCII lines separated by CRLF that can be sent unencoded. */
export function is7Bit(bytes: Uint8Array): boolean {
  let line = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === undefined || byte === 0 || byte > 0x7e) return false;
    if (byte === 0x0d) {
      if (bytes[i + 1] !== 0x0a) return false;
      i++;
      line = 0;
    } else if (byte === 0x0a || ++line > maxLine) {
      return false;
    }
  }
  return true;
}

/** Whether quoted-printable is shorter than Base64 for these bytes. */
export function prefersQuotedPrintable(bytes: Uint8Array): boolean {
  let special = 0;
  // By index: iterating over bytes takes four times as long.
  for (let i = 0; i < bytes.length; i++) if (needsQuoting[bytes[i] ?? 0] === 1) special++;
  return special * 6 <= bytes.length;
}

/**
 * Encodes quoted-printable (RFC 2045, 6.7).
 * @param text whether CRLF is a line break of a text; otherwise every CR and LF is encoded, so that bytes round-trip.
 */
export function quotedPrintable(bytes: Uint8Array, text: boolean): string {
  // Each byte takes at most three, and each line of 73 or more takes three for its soft break.
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length * 3 * 1.05) + 8);
  let at = 0;
  let column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (text && byte === 0x0d && bytes[i + 1] === 0x0a) {
      out[at++] = 0x0d;
      out[at++] = 0x0a;
      column = 0;
      i++;
      continue;
    }
    let literal = needsQuoting[byte] === 0;
    if (byte === 0x20 || byte === 0x09) {
      // White space at the end of a line may be lost in transit, so it is encoded.
      const next = bytes[i + 1];
      literal = next !== undefined && next !== 0x0d && next !== 0x0a;
    }
    const width = literal ? 1 : 3;
    // One column is reserved for the `=` of a soft line break.
    if (column + width > maxEncodedLine - 1) {
      out[at++] = 0x3d;
      out[at++] = 0x0d;
      out[at++] = 0x0a;
      column = 0;
    }
    if (literal) {
      out[at++] = byte;
    } else {
      out[at++] = 0x3d;
      out[at++] = upperHex[byte >> 4] ?? 0;
      out[at++] = upperHex[byte & 15] ?? 0;
    }
    column += width;
  }
  return out.toString("latin1", 0, at);
}

/**
 * Decodes quoted-printable; input and output are bytes as Latin-1. Removes soft line breaks with the white space after
 * their `=` (RFC 2045, 6.7 (3) and (5)), also at the end of the text. Invalid escapes stay unchanged.
 */
export function decodeQuotedPrintable(text: string): string {
  if (!text.includes("=")) return text;
  const bytes = Buffer.from(text, "latin1");
  let length = 0;
  // In place, since the output is never longer. By index: 40 MB of escapes take seconds with a regular expression.
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const escaped = byte === 0x3d ? (hexValue(bytes[at + 1]) << 4) | hexValue(bytes[at + 2]) : -1;
    const next = byte === 0x3d && escaped < 0 ? afterSoftBreak(bytes, at + 1) : -1;
    if (next >= 0) {
      at = next - 1;
    } else {
      bytes[length++] = escaped < 0 ? byte : escaped;
      if (escaped >= 0) at += 2;
    }
  }
  return bytes.toString("latin1", 0, length);
}

/** Negative if the byte is not a hexadecimal digit. */
function hexValue(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Offset of the line after a soft line break, or negative if `at` is not in one. */
function afterSoftBreak(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] === 0x20 || bytes[end] === 0x09) end++;
  if (end === bytes.length) return end;
  if (bytes[end] === 0x0d && bytes[end + 1] === 0x0a) return end + 2;
  return bytes[end] === 0x0a ? end + 1 : -1;
}

const base64Alphabet = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "latin1");
const bytesPerBase64Line = (maxEncodedLine / 4) * 3;

/** How many bytes `writeBase64` writes for this many input bytes. */
export function base64Length(bytes: number): number {
  const lines = Math.ceil(bytes / bytesPerBase64Line);
  return Math.ceil(bytes / 3) * 4 + Math.max(0, lines - 1) * 2;
}

/**
 * Writes Base64 in lines of 76 (RFC 2045, 6.8) directly into the message, without an intermediate string.
 * @returns the end offset in `out`.
 */
export function writeBase64(bytes: Uint8Array, out: Buffer, start: number): number {
  let at = start;
  const put = (sextet: number) => {
    out[at++] = base64Alphabet[sextet & 63] ?? 0;
  };
  for (let line = 0; line < bytes.length; line += bytesPerBase64Line) {
    if (line > 0) {
      out[at++] = 0x0d;
      out[at++] = 0x0a;
    }
    const end = Math.min(line + bytesPerBase64Line, bytes.length);
    for (let i = line; i < end; i += 3) {
      const a = bytes[i] ?? 0;
      const b = bytes[i + 1] ?? 0;
      const c = bytes[i + 2] ?? 0;
      put(a >> 2);
      put((a << 4) | (b >> 4));
      if (i + 1 < end) put((b << 2) | (c >> 6));
      else out[at++] = 0x3d;
      if (i + 2 < end) put(c);
      else out[at++] = 0x3d;
    }
  }
  return at;
}
