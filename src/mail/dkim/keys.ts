/** RSA keys of DKIM: made, read as SES takes them, and written as the DNS record that publishes them. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";

/** The lengths that Easy DKIM makes, in bits. Receivers must take 1024 to 4096 (RFC 8301, 3.2). */
export type DkimKeyBits = 1024 | 2048;

/** What is wrong with a private key that a caller gave; the message is a sentence for them. */
export class DkimKeyError extends Error {
  override name = "DkimKeyError";
}

/** The longest of what a caller may give, in characters: SES's model. */
const maxKeyText = 20_480;

/** Makes a private key, off the main thread. */
export function generateDkimKey(bits: DkimKeyBits): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    generateKeyPair("rsa", { modulusLength: bits }, (error, _publicKey, privateKey) =>
      error ? reject(error) : resolve(privateKey),
    );
  });
}

/**
 * Reads the private key of BYODKIM: the Base64 of PKCS#1 or PKCS#8 in DER, which is a PEM file without its first and last
 * line, as SES's guide has it. Line breaks may be left in.
 * @throws DkimKeyError where it is none, or not RSA of 1024 to 2048 bits.
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
      // The one or the other; whatever OpenSSL says of both, the bytes were the caller's.
    }
  }
  return undefined;
}

/** The length of an RSA key in bits. */
export function keyBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

/** A private key as it is kept: PKCS#8 in DER. To be sealed. */
export function dkimKeyBytes(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "pkcs8" });
}

/** Reads what `dkimKeyBytes` wrote. */
export function dkimKeyFromBytes(bytes: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" });
}

/** The public half of a private key, as `p=` has it: SubjectPublicKeyInfo in DER, in Base64. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64");
}
