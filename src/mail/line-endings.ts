/** Line breaks of a message: CRLF, and CR or LF nowhere alone (RFC 5321, 2.3.8), as SES's mail library writes them. */

const LF = 0x0a;
const CR = 0x0d;

/**
 * The bytes with a CRLF for each CR or LF that stands alone. Such bytes are also how a message smuggles a second one
 * past servers that differ in what they take for the end of data.
 * @returns the same bytes, uncopied, where there is none.
 */
export function withCrlfBytes(bytes: Buffer): Buffer {
  const lone = countLoneBreaks(bytes);
  if (lone === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + lone);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte !== LF && byte !== CR) {
      out[at++] = byte;
      continue;
    }
    out[at++] = CR;
    out[at++] = LF;
    if (byte === CR && bytes[i + 1] === LF) i++;
  }
  return out;
}

/** How many CR and LF are not part of a CRLF. */
function countLoneBreaks(bytes: Buffer): number {
  let lone = 0;
  // indexOf runs natively, and most messages have no lone break: only those are copied byte by byte.
  let lf = bytes.indexOf(LF);
  let cr = bytes.indexOf(CR);
  while (lf >= 0 || cr >= 0) {
    if (cr >= 0 && lf === cr + 1) {
      cr = bytes.indexOf(CR, lf + 1);
      lf = bytes.indexOf(LF, lf + 1);
    } else {
      lone++;
      if (cr >= 0 && (lf < 0 || cr < lf)) cr = bytes.indexOf(CR, cr + 1);
      else lf = bytes.indexOf(LF, lf + 1);
    }
  }
  return lone;
}
