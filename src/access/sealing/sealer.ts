/**
 * Encryption at rest: the database stores private keys and secret access keys sealed with the installation's master
 * key. A sealed value is `version
 * nonce
 * ciphertext
 * tag`, AES-256-GCM. The context (owner and purpose of the value) is authenticated, so no value can be moved to
 * another's place.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Seals and opens values with the master key. */
export interface Sealer {
  /** Encrypts; `open` needs the same `context`. */
  seal(plain: Uint8Array, context: string): Uint8Array;
  /** Decrypts. Throws a `SealError` for a value that was not sealed with this key and context. */
  open(sealed: Uint8Array, context: string): Buffer;
  /**
   * Derives a 32-byte key for one purpose; deterministic, and reveals nothing about the master key (HKDF, RFC 5869).
   */
  derive(purpose: string): Buffer;
}

/** A sealed value can't be opened: most likely it was sealed with a different master key. */
export class SealError extends Error {
  override name = "SealError";
}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const cipherName = "aes-256-gcm";

/** A sealer with a master key of 32 bytes. */
export function createSealer(key: Uint8Array): Sealer {
  return {
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(context));
      const body = [cipher.update(plain), cipher.final()];
      return Buffer.concat([Buffer.of(version), nonce, ...body, cipher.getAuthTag()]);
    },
    derive: (purpose) => Buffer.from(hkdfSync("sha256", key, "", `mailglass ${purpose}`, 32)),
    open(sealed, context) {
      const tagAt = sealed.length - tagBytes;
      if (sealed[0] !== version || tagAt < 1 + nonceBytes) throw new SealError(`not a sealed value: ${context}`);
      const decipher = createDecipheriv(cipherName, key, sealed.subarray(1, 1 + nonceBytes));
      decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(tagAt));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(1 + nonceBytes, tagAt)), decipher.final()]);
      } catch (error) {
        throw new SealError(`${context} was sealed under another master key, or is damaged`, { cause: error });
      }
    },
  };
}
