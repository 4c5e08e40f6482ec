/** What proves that an address is its owner's: the columns of email_identities that tell of the mail with the link. */
import type { Queryable } from "./database.ts";

/** Addresses that no mail was sent to yet, by name. */
export async function selectUnaskedAddresses(database: Queryable, limit: number): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM email_identities
     WHERE type = 'EMAIL_ADDRESS' AND proof_requested_at IS NULL AND proven_at IS NULL ORDER BY name LIMIT $1`,
    [limit],
  );
  return rows.map(({ name }) => name);
}

/** Notes that the mail goes out; false where another process was faster, or the identity is gone. */
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

/** Takes the note back where the mail could not be handed over. */
export async function releaseAddressProof(database: Queryable, name: string, tokenHash: Uint8Array): Promise<void> {
  await database.query(
    `UPDATE email_identities SET proof_requested_at = NULL, proof_token_hash = NULL
     WHERE name = $1 AND proof_token_hash = $2 AND proven_at IS NULL`,
    [name, tokenHash],
  );
}

/** An address and how far its proof is. */
export interface AddressProof {
  name: string;
  requestedAt: Date;
  provenAt: Date | null;
}

/** The address that a link's token is for. */
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

/** Notes that the link was followed; the first time counts. */
export async function proveAddress(database: Queryable, tokenHash: Uint8Array, now: Date): Promise<void> {
  await database.query("UPDATE email_identities SET proven_at = coalesce(proven_at, $2) WHERE proof_token_hash = $1", [
    tokenHash,
    now,
  ]);
}
