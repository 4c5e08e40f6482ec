/** Reads S/MIME certificates and keys from PEM, and checks whether they can sign mail (RFC 8550). */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Certificate, GeneralNames } from "pkijs";
import { SmimeError } from "./smime-error.ts";

/** A certificate with its key, both of which fit together. */
export interface SigningPair {
  /** PEM: the certificate, then those that certify it, each by the next. */
  readonly chain: string;
  readonly key: KeyObject;
  /** The rfc822Names of the certificate, in lower case: at least one. */
  readonly addresses: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What an administrator wants to know of a certificate. */
export interface CertificateSummary {
  readonly subject: string;
  readonly issuer: string;
  /** In hexadecimal. */
  readonly serialNumber: string;
  /** SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint: string;
  /** Such as `RSA 2048` or `EC P-256`. */
  readonly keyAlgorithm: string;
}

/** SES's supported keys. */
const rsaBits: ReadonlySet<number> = new Set([2048, 3072, 4096]);
const curves: ReadonlyMap<string, string> = new Map([
  ["prime256v1", "P-256"],
  ["secp384r1", "P-384"],
  ["secp521r1", "P-521"],
]);
/** Longer than any real chain; each certificate is sent with each message. */
const maxChain = 10;

const oids = { keyUsage: "2.5.29.15", subjectAltName: "2.5.29.17" };
/** id-kp-emailProtection and anyExtendedKeyUsage. */
const mailPurposes: ReadonlySet<string> = new Set(["1.3.6.1.5.5.7.3.4", "2.5.29.37.0"]);
const rfc822Name = 1;

/**
 * Reads a certificate with those that certify it, and its private key.
 * @param certificate PEM, with the signing certificate first.
 * @param privateKey PEM, without a passphrase.
 * @throws SmimeError if they can't be read, don't fit together, or can't sign mail at `now`
 */
export async function readSigningPair(
  { certificate, privateKey }: { readonly certificate: string; readonly privateKey: string },
  now: Date,
): Promise<SigningPair> {
  const chain = readChain(certificate);
  const [own, ...issuers] = chain;
  if (!own) throw new SmimeError("The certificate must be PEM: -----BEGIN CERTIFICATE-----.");
  const key = readKey(privateKey);
  keyAlgorithm(own);
  if (!own.checkPrivateKey(key)) throw new SmimeError("The private key does not belong to the certificate.");
  for (const [index, issuer] of issuers.entries()) {
    const issued = chain[index];
    if (!issued?.checkIssued(issuer) || !issued.verify(issuer.publicKey)) {
      throw new SmimeError(`Certificate ${index + 2} did not issue certificate ${index + 1}.`);
    }
  }
  const { validFromDate: notBefore, validToDate: notAfter } = own;
  if (now < notBefore) throw new SmimeError(`The certificate is not valid before ${notBefore.toISOString()}.`);
  if (now > notAfter) throw new SmimeError(`The certificate expired at ${notAfter.toISOString()}.`);
  const addresses = await checkPurpose(own);
  return { chain: chain.map((one) => one.toString()).join(""), key, addresses, notBefore, notAfter };
}

/** @param chain PEM that `readSigningPair` returned. */
export function summaryOf(chain: string): CertificateSummary {
  const own = new X509Certificate(chain);
  return {
    subject: own.subject,
    issuer: own.issuer,
    serialNumber: own.serialNumber,
    fingerprint: own.fingerprint256,
    keyAlgorithm: keyAlgorithm(own),
  };
}

/** The certificates in a PEM text. */
export function readChain(pem: string): X509Certificate[] {
  const texts = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (texts.length > maxChain) throw new SmimeError(`There are more than ${maxChain} certificates.`);
  return texts.map((text) => {
    try {
      return new X509Certificate(text);
    } catch {
      throw new SmimeError("The certificate can't be read.");
    }
  });
}

function readKey(pem: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) throw new SmimeError("The private key must not have a passphrase.");
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SmimeError("The private key must be PEM: -----BEGIN PRIVATE KEY-----.");
  }
}

function keyAlgorithm({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  const { modulusLength = 0, namedCurve = "" } = details ?? {};
  if (type === "rsa" && rsaBits.has(modulusLength)) return `RSA ${modulusLength}`;
  const curve = curves.get(namedCurve);
  if (type === "ec" && curve !== undefined) return `EC ${curve}`;
  throw new SmimeError("The key must be RSA with 2048, 3072 or 4096 bits, or EC on P-256, P-384 or P-521.");
}

/** The addresses of the certificate, which must be allowed to sign mail. */
async function checkPurpose(own: X509Certificate): Promise<string[]> {
  if (own.ca) throw new SmimeError("The first certificate must be that of the key, not that of an authority.");
  const purposes = own.keyUsage;
  if (purposes && !purposes.some((one) => mailPurposes.has(one))) {
    throw new SmimeError("The certificate's extended key usage does not include emailProtection.");
  }
  const { Certificate } = await import("pkijs");
  const parsed = Certificate.fromBER(own.raw);
  if (!maySign(parsed)) throw new SmimeError("The certificate's key usage does not include digitalSignature.");
  const addresses = addressesOf(parsed);
  if (addresses.length === 0) {
    throw new SmimeError("The certificate has no email address (rfc822Name) as a subject alternative name.");
  }
  return addresses;
}

/** RFC 8550, 4.4.2: digitalSignature or nonRepudiation, if there is a key usage. */
function maySign({ extensions = [] }: Certificate): boolean {
  const usage = extensions.find(({ extnID }) => extnID === oids.keyUsage);
  if (!usage) return true;
  // A DER BIT STRING: tag, length, unused bits, and the first of which is digitalSignature, the second nonRepudiation.
  const bits = Buffer.from(usage.extnValue.valueBlock.valueHexView)[3] ?? 0;
  return (bits & 0xc0) !== 0;
}

function addressesOf({ extensions = [] }: Certificate): string[] {
  const extension = extensions.find(({ extnID }) => extnID === oids.subjectAltName);
  const names: GeneralNames["names"] = extension?.parsedValue?.altNames ?? [];
  return names.flatMap(({ type, value }) =>
    type === rfc822Name && typeof value === "string" ? [value.toLowerCase()] : [],
  );
}
