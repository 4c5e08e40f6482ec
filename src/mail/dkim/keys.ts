/** RSA keys for DKIM: generates them, parses them as SES does, and formats the public key for DNS. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";

/** The key lengths of Easy DKIM, in bits. Receivers must accept 1024 to 4096 (RFC 8301, 3.2). */
export type DkimKeyBits = 1024 | 2048;

/** A client's private key is invalid. The error text can be shown to the client. */
export class DkimKeyError extends Error {
  override name = "DkimKeyError";
}

/** Maximum length of a client's private key, in characters, from SES's API model. */
const maxKeyText = 20_480;

/** Generates a private key, off the main thread. */
export function generateDkimKey(bits: DkimKeyBits): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    generateKeyPair("rsa", { modulusLength: bits }, (error, _publicKey, privateKey) =>
      error ? reject(error) : resolve(privateKey),
    );
  });
}

/**
 * Parses the private key of BYODKIM: PKCS#1 or PKCS#8 in DER, in Base64. This is a PEM file without its first and last
 * line, as in SES's guide. Line breaks are allowed.
 * @throws DkimKeyError if it is not a private key, or not RSA of 1024 to 2048 bits.
 */
export function readDkimKey(text: string): KeyObject {
  const base64 = text.replace(/[\r\n \t]+/g, "");
  if (text.length > maxKeyText || base64 === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new DkimKeyError("The private key must be a base64-encoded RSA key.");
  }
  const key = readDer(Buffer.from(base64, "base64"));
  if (key?.asymmetricKeyType !== "rsa") throw new DkimKeyError("The private key must be a base64-encoded RSA key.");
  const bits = keyBits(key);
  if (bits < 1024 || bits > 2048) {
    throw new DkimKeyError(
      `The private key must use at least 1024-bit and at most 2048-bit RSA encryption, not ${bits}.`,
    );
  }
  return key;
}

function readDer(der: Buffer): KeyObject | undefined {
  for (const type of ["pkcs8", "pkcs1"] as const) {
    try {
      return createPrivateKey({ key: der, format: "der", type });
    } catch {
      // Try the other format. If both fail, the caller reports an invalid key; OpenSSL's errors add nothing.
    }
  }
  return undefined;
}

export function keyBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

/** A private key in its stored format: PKCS#8 in DER. The caller must encrypt it. */
export function dkimKeyBytes(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "pkcs8" });
}

/** Inverse of `dkimKeyBytes`. */
export function dkimKeyFromBytes(bytes: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" });
}

/** The public key of a private key, as used in `p=`: SubjectPublicKeyInfo in DER, in Base64. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64");
}
