/** Verification of email addresses: the columns of email_identities about the mail with the verification link. */
import type { Queryable } from "./database.ts";

/** Addresses that no verification mail was sent to yet, ordered by name. */
export async function selectUnaskedAddresses(database: Queryable, limit: number): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM email_identities
     WHERE type = 'EMAIL_ADDRESS' AND proof_requested_at IS NULL AND proven_at IS NULL ORDER BY name LIMIT $1`,
    [limit],
  );
  return rows.map(({ name }) => name);
}

/** Claims the sending of the verification mail; false if another process did so first or the identity is gone. */
export async function claimAddressProof(
  database: Queryable,
  name: string,
  tokenHash: Uint8Array,
  now: Date,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE email_identities SET proof_requested_at = $3, proof_token_hash = $2
     WHERE name = $1 AND type = 'EMAIL_ADDRESS' AND proof_requested_at IS NULL AND proven_at IS NULL RETURNING 1`,
    [name, tokenHash, now],
  );
  return rows.length === 1;
}

/** Undoes `claimAddressProof` after the mail could not be handed over. */
export async function releaseAddressProof(database: Queryable, name: string, tokenHash: Uint8Array): Promise<void> {
  await database.query(
    `UPDATE email_identities SET proof_requested_at = NULL, proof_token_hash = NULL
     WHERE name = $1 AND proof_token_hash = $2 AND proven_at IS NULL`,
    [name, tokenHash],
  );
}

/** An address and the state of its verification. */
export interface AddressProof {
  name: string;
  requestedAt: Date;
  provenAt: Date | null;
}

/** The address that a link's token belongs to. */
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

/** Records that the link was followed. The time of the first visit is kept. */
export async function proveAddress(database: Queryable, tokenHash: Uint8Array, now: Date): Promise<void> {
  await database.query("UPDATE email_identities SET proven_at = coalesce(proven_at, $2) WHERE proof_token_hash = $1", [
    tokenHash,
    now,
  ]);
}
