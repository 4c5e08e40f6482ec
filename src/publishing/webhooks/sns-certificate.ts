/** The key that signs SNS envelopes, and its certificate: made once per installation, and stored sealed. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { object, string } from "valibot";
import { ownSecret } from "../../access/sealing/own-secrets.ts";
import type { Sealer } from "../../access/sealing/sealer.ts";
import { parseJson } from "../../common/parse-data.ts";
import type { Queryable } from "../../stores/postgres/database.ts";

/** An RSA key of 2048 bits, as SNS's, with its self-signed certificate. */
export interface SnsCertificate {
  readonly privateKey: KeyObject;
  /** In PEM. */
  readonly certificate: string;
  /** The certificate's path on this server, which changes with the certificate. */
  readonly path: string;
}

const secretName = "sns-certificate";
const stored = object({ privateKey: string(), certificate: string() });
/** Receivers pin the URL at most: there is no renewal. */
const years = 30;

/** Returns a function that resolves to the certificate, which the first call of all makes. */
export function createSnsCertificate(stores: { database: Queryable; sealer: Sealer }): () => Promise<SnsCertificate> {
  let known: Promise<SnsCertificate> | undefined;
  return () => {
    known ??= load(stores).catch((error) => {
      // The next call tries again.
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function load(stores: { database: Queryable; sealer: Sealer }): Promise<SnsCertificate> {
  const secret = await ownSecret(stores, secretName, generatePair);
  const { privateKey, certificate } = parseJson(stored, Buffer.from(secret).toString(), "the SNS certificate");
  const fingerprint = new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase().slice(0, 32);
  return {
    privateKey: createPrivateKey(privateKey),
    certificate,
    path: `/publishing/SimpleNotificationService-${fingerprint}.pem`,
  };
}

async function generatePair(): Promise<Uint8Array> {
  // Loading it takes 0.4 s, which only the first webhook with an SNS envelope needs.
  const { generate } = await import("selfsigned");
  const now = Date.now();
  const { cert, private: privateKey } = await generate([{ name: "commonName", value: "Mailglass event publishing" }], {
    keyType: "rsa",
    keySize: 2048,
    algorithm: "sha256",
    // A receiver's clock may be behind.
    notBeforeDate: new Date(now - 24 * 3600_000),
    notAfterDate: new Date(now + years * 365 * 24 * 3600_000),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
    ],
  });
  return Buffer.from(JSON.stringify({ privateKey, certificate: cert }));
}
