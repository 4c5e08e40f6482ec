/** Message authentication codes and constant-time comparison. */
import { createHmac, hash, timingSafeEqual } from "node:crypto";

export interface MacOptions {
  /** Separates MACs if one key serves several purposes. A key derived for one purpose needs none. */
  readonly purpose?: string;
  /** The length of the MAC in bytes, up to 32, the default. */
  readonly bytes?: number;
}

const digestBytes = 32;

/** HMAC-SHA-256 of the content, preceded by a line with the purpose if there is one; truncated to `bytes`. */
export function macOf(
  key: Uint8Array,
  content: string | Uint8Array,
  { purpose, bytes = digestBytes }: MacOptions = {},
): Buffer {
  const mac = createHmac("sha256", key);
  if (purpose !== undefined) mac.update(`${purpose}\n`);
  return mac.update(content).digest().subarray(0, bytes);
}

/**
 * Whether two texts or byte strings are equal, in a time that does not depend on where they differ. It compares their
 * digests, which have equal lengths, so inputs of any length can be compared and the length of the secret does not
 * leak.
 */
export function constantTimeEqual(one: string | Uint8Array, other: string | Uint8Array): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
