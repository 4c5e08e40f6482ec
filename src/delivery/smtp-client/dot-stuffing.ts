/** Dot-stuffing of message content (RFC 5321, 4.5.2). */

const dot = Buffer.from(".");
const lineEnd = Buffer.from("\r\n");
const newline = 10;
const dotByte = 46;

/**
 * The message in its wire format: each dot that starts a line is doubled, and the final dot is added. Nothing is
 * copied; the result refers to the pieces. A dot after a bare LF is doubled as well, because some servers would take
 * such a line for the end of the message and the rest for commands (SMTP smuggling).
 */
export function dotStuffed(pieces: readonly Uint8Array[]): Uint8Array[] {
  const stuffed: Uint8Array[] = [];
  // The first octet starts a line.
  let last = newline;
  let beforeLast = 13;
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (last === newline && bytes[0] === dotByte) stuffed.push(dot);
    let start = 0;
    for (let at = bytes.indexOf("\n.", 0, "latin1"); at >= 0; at = bytes.indexOf("\n.", at + 2, "latin1")) {
      stuffed.push(bytes.subarray(start, at + 1), dot);
      start = at + 1;
    }
    stuffed.push(bytes.subarray(start));
    beforeLast = bytes.length > 1 ? (bytes[bytes.length - 2] ?? 0) : last;
    last = bytes[bytes.length - 1] ?? 0;
  }
  if (beforeLast !== 13 || last !== newline) stuffed.push(lineEnd);
  stuffed.push(dot, lineEnd);
  return stuffed;
}
