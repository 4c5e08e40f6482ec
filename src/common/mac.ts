/** Message authentication codes, and comparisons that tell an attacker nothing by the time they take. */
import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** How a MAC is made. */
export interface MacOptions {
  /** Keeps MACs apart where one key serves several purposes. A key that was derived for one purpose needs none. */
  readonly purpose?: string;
  /** The length of the MAC in bytes, up to 32, which is the default. */
  readonly bytes?: number;
}

const digestBytes = 32;

/** HMAC-SHA-256 of the purpose in a line of its own, where there is one, and of the content; cut to its first bytes. */
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
 * Whether two texts or byte strings are the same, in a time that does not depend on where they differ. Their digests are
 * compared, which have one length: any two lengths can be compared, and how long the secret one is does not show either.
 */
export function constantTimeEqual(one: string | Uint8Array, other: string | Uint8Array): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
