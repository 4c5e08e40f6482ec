/**
 * The pagination tokens of lists: opaque to clients, and valid for one kind of list only. This is version 1 of their
 * layout, which contains no version number. A later version must begin its position with its number as a control
 * character; this version refuses such tokens, because no position contains control characters.
 */
import { createHash } from "node:crypto";
import { defaultScope } from "../stores/postgres/database.ts";

const KIND_BYTES = 9;

// Use a digest, because the kind includes the filter and may be long.
const digest = (kind: string) => createHash("sha256").update(kind).digest().subarray(0, KIND_BYTES);

/**
 * The kind of a list whose positions are numbers that all scopes share, so that a token of one scope isn't accepted in
 * another. Tokens of the default scope are those of versions without scopes.
 */
export function kindInScope(kind: string, scope: number): string {
  return scope === defaultScope ? kind : `${kind} in scope ${scope}`;
}

/**
 * Creates a token.
 * @param kind the list and its filter; a token of another kind isn't accepted
 * @param position the last listed row, in a format of the list's choice
 */
export function encodeToken(kind: string, position: string): string {
  return Buffer.concat([digest(kind), Buffer.from(position, "utf8")]).toString("base64url");
}

/**
 * The position in a token of this kind; undefined for a token of another kind and for anything that `encodeToken`
 * doesn't create. Clients can still forge tokens, so the position is untrusted, but it has no control characters
 * (PostgreSQL rejects NUL in a text).
 */
export function decodeToken(kind: string, token: string): string | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (!bytes.subarray(0, KIND_BYTES).equals(digest(kind))) return undefined;
  const position = bytes.subarray(KIND_BYTES).toString("utf8");
  // Buffer skips characters that aren't base64 and replaces invalid UTF-8, so accept only tokens that encode back
  // identically.
  if (encodeToken(kind, position) !== token || /\p{Cc}/u.test(position)) return undefined;
  return position;
}
