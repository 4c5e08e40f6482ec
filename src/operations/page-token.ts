/**
 * The tokens that lists hand out to go on from: opaque to clients, and good for one kind of list only. This is version 1 of
 * their layout, which has no number: a later one is to begin its position with its number as a control character, which no
 * position of ours has, and is refused here.
 */
import { createHash } from "node:crypto";

const KIND_BYTES = 9;

// A digest, since what a list was filtered by belongs to its kind and may be long.
const digest = (kind: string) => createHash("sha256").update(kind).digest().subarray(0, KIND_BYTES);

/**
 * Makes a token.
 * @param kind what is listed, with what it is filtered by: a token of another kind isn't accepted
 * @param position the last row that was listed, in words of the list's own
 */
export function encodeToken(kind: string, position: string): string {
  return Buffer.concat([digest(kind), Buffer.from(position, "utf8")]).toString("base64url");
}

/**
 * The position in a token of this kind; undefined for a token of another kind and for anything that `encodeToken`
 * doesn't make. A client may still make a token up: the position is its word, not ours, but has no control characters
 * (PostgreSQL refuses NUL in a text).
 */
export function decodeToken(kind: string, token: string): string | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (!bytes.subarray(0, KIND_BYTES).equals(digest(kind))) return undefined;
  const position = bytes.subarray(KIND_BYTES).toString("utf8");
  // Buffer skips what isn't base64 and replaces what isn't UTF-8: only what comes out the same again was a token.
  if (encodeToken(kind, position) !== token || /\p{Cc}/u.test(position)) return undefined;
  return position;
}
