/** Verification of email addresses: the columns of email_identities about the mail with the verification link. */
import type { Queryable, ScopedQueryable } from "./database.ts";

/** An address identity of a scope. */
export interface ScopedAddress {
  scope: number;
  name: string;
}

/** Addresses of all scopes that no verification mail was sent to yet, ordered by name. */
export async function selectUnaskedAddresses(database: Queryable, limit: number): Promise<ScopedAddress[]> {
  return database.query(
    `SELECT scope, name FROM email_identities
     WHERE type = 'EMAIL_ADDRESS' AND proof_requested_at IS NULL AND proven_at IS NULL ORDER BY name, scope LIMIT $1`,
    [limit],
  );
}

/** Claims the sending of the verification mail; false if another process did so first or the identity is gone. */
export async function claimAddressProof(
  database: ScopedQueryable,
  name: string,
  tokenHash: Uint8Array,
  now: Date,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE email_identities SET proof_requested_at = $4, proof_token_hash = $3
     WHERE scope = $1 AND name = $2 AND type = 'EMAIL_ADDRESS' AND proof_requested_at IS NULL AND proven_at IS NULL RETURNING 1`,
    [database.scope, name, tokenHash, now],
  );
  return rows.length === 1;
}

/** Undoes `claimAddressProof` after the mail could not be handed over. */
export async function releaseAddressProof(
  database: ScopedQueryable,
  name: string,
  tokenHash: Uint8Array,
): Promise<void> {
  await database.query(
    `UPDATE email_identities SET proof_requested_at = NULL, proof_token_hash = NULL
     WHERE scope = $1 AND name = $2 AND proof_token_hash = $3 AND proven_at IS NULL`,
    [database.scope, name, tokenHash],
  );
}

/** Asks for a new verification mail to an address that is not verified; the link of an earlier one is no longer valid. */
export async function askForAddressProof(database: ScopedQueryable, name: string): Promise<void> {
  await database.query(
    `UPDATE email_identities SET proof_requested_at = NULL, proof_token_hash = NULL
     WHERE scope = $1 AND name = $2 AND type = 'EMAIL_ADDRESS' AND proven_at IS NULL`,
    [database.scope, name],
  );
}

/**
 * Records that a verification mail was sent outside of these statements to an address that is not verified; the link of
 * an earlier one is no longer valid.
 */
export async function restartAddressProof(database: ScopedQueryable, name: string, now: Date): Promise<void> {
  await database.query(
    `UPDATE email_identities SET proof_requested_at = $3, proof_token_hash = NULL
     WHERE scope = $1 AND name = $2 AND type = 'EMAIL_ADDRESS' AND proven_at IS NULL`,
    [database.scope, name, now],
  );
}

/** An address and the state of its verification. */
export interface AddressProof {
  name: string;
  requestedAt: Date;
  provenAt: Date | null;
}

/** The address that a link's token belongs to, in any scope: the token alone tells which. */
export async function selectAddressProof(
  database: Queryable,
  tokenHash: Uint8Array,
): Promise<AddressProof | undefined> {
  const [row] = await database.query<AddressProof>(
    `SELECT name, proof_requested_at AS "requestedAt", proven_at AS "provenAt"
     FROM email_identities WHERE proof_token_hash = $1`,
    [tokenHash],
  );
  return row;
}

/** Records that the link was followed, for the scope that sent it. The time of the first visit is kept. */
export async function proveAddress(database: Queryable, tokenHash: Uint8Array, now: Date): Promise<void> {
  await database.query("UPDATE email_identities SET proven_at = coalesce(proven_at, $2) WHERE proof_token_hash = $1", [
    tokenHash,
    now,
  ]);
}
