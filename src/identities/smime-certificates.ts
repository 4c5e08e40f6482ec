/** Takes in S/MIME certificates with their keys. */
import { randomUUID } from "node:crypto";
import { sealContexts } from "../access/sealing/seal-contexts.ts";
import type { Sealer } from "../access/sealing/sealer.ts";
import { readSigningPair } from "../mail/smime/certificate.ts";
import { SmimeError } from "../mail/smime/smime-error.ts";
import type { ScopedQueryable } from "../stores/postgres/database.ts";
import { insertSmimeCertificate, type SmimeCertificateRow } from "../stores/postgres/smime-certificates.ts";

/** Of a scope. */
const maxCertificates = 1000;

/**
 * Stores a certificate with its key, which is sealed.
 * @throws SmimeError if they can't sign mail, or there are too many
 */
export async function addSmimeCertificate(
  { database, sealer }: { readonly database: ScopedQueryable; readonly sealer: Sealer },
  given: { readonly certificate: string; readonly privateKey: string },
  now: Date,
): Promise<SmimeCertificateRow> {
  const { key, ...certificate } = await readSigningPair(given, now);
  const row = { ...certificate, id: randomUUID(), createdAt: now };
  const sealed = sealer.seal(key.export({ format: "der", type: "pkcs8" }), sealContexts.smimeKey(row.id));
  if (await insertSmimeCertificate(database, row, sealed, maxCertificates)) return row;
  throw new SmimeError(`There are ${maxCertificates} certificates, the maximum: delete some first.`);
}
