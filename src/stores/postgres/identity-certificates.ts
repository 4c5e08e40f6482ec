/** The identity_certificates table: its migration describes the columns. */
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";

/** Which certificate signs mail from an address. */
export interface IdentityCertificate {
  /** The canonical names of the identity and of the address that it covers. */
  readonly identity: string;
  readonly fromAddress: string;
  readonly certificateArn: string;
}

/**
 * Associates a certificate with an address. `certificate` is the ID in its ARN; an unknown one is associated, too.
 * Returns the identity through which the address has a certificate already.
 */
export async function insertIdentityCertificate(
  database: ScopedDatabase,
  { identity, fromAddress, certificateArn }: IdentityCertificate,
  certificate: string | undefined,
  limit: number,
): Promise<"created" | "no-identity" | "full" | { readonly takenBy: string }> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    // Others wait here, and then see what was added. The identity can't be deleted meanwhile.
    const identities = await transaction.query(
      "SELECT FROM email_identities WHERE scope = $1 AND name = $2 FOR NO KEY UPDATE",
      [scope, identity],
    );
    if (identities.length === 0) return "no-identity";
    const find = async () => {
      const [taken] = await transaction.query<{ identity: string }>(
        "SELECT identity FROM identity_certificates WHERE scope = $1 AND from_address = $2",
        [scope, fromAddress],
      );
      return taken && { takenBy: taken.identity };
    };
    const taken = await find();
    if (taken) return taken;
    const [own] = await transaction.query<{ count: number }>(
      "SELECT count(*)::integer AS count FROM identity_certificates WHERE scope = $1 AND identity = $2",
      [scope, identity],
    );
    if (own === undefined || own.count >= limit) return "full";
    const created = await transaction.query(
      `INSERT INTO identity_certificates (scope, from_address, identity, certificate_arn, certificate)
       VALUES ($1, $2, $3, $4, (SELECT id FROM smime_certificates WHERE scope = $1 AND id = $5::uuid FOR KEY SHARE))
       ON CONFLICT (scope, from_address) DO NOTHING RETURNING 1`,
      [scope, fromAddress, identity, certificateArn, certificate ?? null],
    );
    return created.length === 1 ? "created" : ((await find()) ?? "no-identity");
  });
}

/** Removes an association, if there is one. */
export async function deleteIdentityCertificate(
  database: ScopedQueryable,
  identity: string,
  fromAddress: string,
): Promise<void> {
  await database.query("DELETE FROM identity_certificates WHERE scope = $1 AND identity = $2 AND from_address = $3", [
    database.scope,
    identity,
    fromAddress,
  ]);
}

/** An association with what decides about its status. */
export interface ListedIdentityCertificate extends Omit<IdentityCertificate, "identity"> {
  /** Null if there is no such certificate. */
  readonly addresses: readonly string[] | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
}

/** The associations of an identity by address, after an address in byte order. */
export async function selectIdentityCertificates(
  database: ScopedQueryable,
  identity: string,
  { after, limit }: { after: string; limit: number },
): Promise<ListedIdentityCertificate[]> {
  return database.query(
    `SELECT a.from_address AS "fromAddress", a.certificate_arn AS "certificateArn",
       c.addresses, c.not_before AS "notBefore", c.not_after AS "notAfter"
     FROM identity_certificates AS a LEFT JOIN smime_certificates AS c ON c.id = a.certificate
     WHERE a.scope = $1 AND a.identity = $2 AND a.from_address > $3
     ORDER BY a.from_address LIMIT $4`,
    [database.scope, identity, after, limit],
  );
}

/** Whether an identity has certificates. */
export async function hasCertificates(database: ScopedQueryable, identity: string): Promise<boolean> {
  const rows = await database.query("SELECT FROM identity_certificates WHERE scope = $1 AND identity = $2 LIMIT 1", [
    database.scope,
    identity,
  ]);
  return rows.length > 0;
}
