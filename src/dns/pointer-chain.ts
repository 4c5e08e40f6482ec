/** Finds compressed names (RFC 1035, 4.1.4) that would take long to decode. */

/** Servers write labels between pointers. Go's resolver accepts ten pointers in a name. */
const longestChain = 10;
/** The largest offset that a pointer can have. */
const mostPointed = 0x3fff;

/**
 * Whether a message may have a chain of more than ten pointers without a label between them. Each name can point to the
 * end of one chain, so decoding a message of 64 KB with one would take time by the square of its length.
 */
export function hasPointerChain(message: Uint8Array): boolean {
  // By offset: how many pointers follow each other from there. They only point back, so one pass suffices.
  const lengths = new Uint8Array(Math.min(message.length, mostPointed + 1));
  for (let at = 0; at + 1 < message.length; at++) {
    const high = message[at] ?? 0;
    if (high < 0xc0) continue;
    const target = ((high & 0x3f) << 8) | (message[at + 1] ?? 0);
    const length = 1 + (target < at ? (lengths[target] ?? 0) : 0);
    if (length > longestChain) return true;
    if (at < lengths.length) lengths[at] = length;
  }
  return false;
}
