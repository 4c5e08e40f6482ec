/** The smime_certificates table: its migration describes the columns. Private keys are sealed by the callers. */
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";

/** A certificate without its key. */
export interface SmimeCertificateRow {
  /** A UUID. */
  readonly id: string;
  /** PEM: the certificate, then those that certify it. */
  readonly chain: string;
  /** The addresses in the certificate, in lower case. */
  readonly addresses: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly createdAt: Date;
}

/** A certificate, and the addresses for which it is associated. */
export interface ListedCertificate extends SmimeCertificateRow {
  readonly senders: readonly string[];
}

const columns = `c.id, c.chain, c.addresses, c.not_before AS "notBefore", c.not_after AS "notAfter",
  c.created_at AS "createdAt"`;
const senders = `ARRAY(SELECT from_address FROM identity_certificates WHERE certificate = c.id ORDER BY from_address)`;

/** Adds a certificate; false if there are `limit` already. Concurrent calls may exceed the limit by a few. */
export async function insertSmimeCertificate(
  database: ScopedQueryable,
  { id, chain, addresses, notBefore, notAfter, createdAt }: SmimeCertificateRow,
  sealedKey: Uint8Array,
  limit: number,
): Promise<boolean> {
  const rows = await database.query(
    `INSERT INTO smime_certificates (id, scope, chain, private_key, addresses, not_before, not_after, created_at)
     SELECT $1::uuid, $2::integer, $3::text, $4::bytea, $5::text[], $6::timestamptz, $7::timestamptz, $8::timestamptz
     WHERE (SELECT count(*) FROM smime_certificates WHERE scope = $2::integer) < $9::bigint
     RETURNING 1`,
    [id, database.scope, chain, sealedKey, addresses, notBefore, notAfter, createdAt, limit],
  );
  return rows.length === 1;
}

/** The certificates of the scope, in the order of their creation. */
export async function selectSmimeCertificates(database: ScopedQueryable): Promise<ListedCertificate[]> {
  return database.query(
    `SELECT ${columns}, ${senders} AS senders FROM smime_certificates AS c WHERE c.scope = $1
     ORDER BY c.created_at, c.id`,
    [database.scope],
  );
}

/** A certificate by its ID, a UUID; undefined if there is none. */
export async function selectSmimeCertificate(
  database: ScopedQueryable,
  id: string,
): Promise<ListedCertificate | undefined> {
  const [row] = await database.query<ListedCertificate>(
    `SELECT ${columns}, ${senders} AS senders FROM smime_certificates AS c WHERE c.scope = $1 AND c.id = $2::uuid`,
    [database.scope, id],
  );
  return row;
}

/** Deletes a certificate by its ID, a UUID; `associated`: addresses use it. */
export async function deleteSmimeCertificate(
  database: ScopedDatabase,
  id: string,
): Promise<"deleted" | "missing" | "associated"> {
  return database.transaction(async (transaction) => {
    // An association that is being added locks the row, too.
    const found = await transaction.query(
      "SELECT FROM smime_certificates WHERE scope = $1 AND id = $2::uuid FOR UPDATE",
      [transaction.scope, id],
    );
    if (found.length === 0) return "missing";
    const users = await transaction.query("SELECT FROM identity_certificates WHERE certificate = $1::uuid LIMIT 1", [
      id,
    ]);
    if (users.length > 0) return "associated";
    await transaction.query("DELETE FROM smime_certificates WHERE id = $1::uuid", [id]);
    return "deleted";
  });
}

/** What signs mail from an address. */
export interface SigningCertificate extends Omit<SmimeCertificateRow, "createdAt"> {
  readonly sealedKey: Uint8Array;
}

/** The certificate that is associated with an address, valid or not; undefined if there is none. */
export async function selectSigningCertificate(
  database: ScopedQueryable,
  address: string,
): Promise<SigningCertificate | undefined> {
  const [row] = await database.query<SigningCertificate>(
    `SELECT ${columns}, c.private_key AS "sealedKey"
     FROM identity_certificates AS a JOIN smime_certificates AS c ON c.id = a.certificate
     WHERE a.scope = $1 AND a.from_address = $2`,
    [database.scope, address],
  );
  return row;
}
