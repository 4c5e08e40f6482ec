/** The computations of Signature Version 4: the string to sign, the signing key, the signature. */
import { createHash } from "node:crypto";
import { BoundedMap } from "../common/bounded-map.ts";
import { macOf } from "../common/mac.ts";

export const algorithm = "AWS4-HMAC-SHA256";

/** The scope that a signing key is valid for. */
export interface CredentialScope {
  /** `YYYYMMDD`, UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The hexadecimal signature of a canonical request (one byte per character) at an instant `YYYYMMDDTHHMMSSZ`. */
export function signatureOf(
  canonicalRequest: string,
  timestamp: string,
  scope: CredentialScope,
  signingKey: Uint8Array,
): string {
  return macOf(signingKey, stringToSign(canonicalRequest, timestamp, scope)).toString("hex");
}

/** The string to sign for a canonical request. */
export function stringToSign(canonicalRequest: string, timestamp: string, scope: CredentialScope): string {
  const digest = createHash("sha256").update(canonicalRequest, "latin1").digest("hex");
  return `${algorithm}\n${timestamp}\n${scopeText(scope)}\n${digest}`;
}

/** The scope as written in a credential. */
export function scopeText({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

/** The signing key of a secret access key for one scope. */
export function signingKeyOf(secretAccessKey: string, { date, region, service }: CredentialScope): Buffer {
  return derivedKey(secretAccessKey, [date, region, service, "aws4_request"]);
}

/** AWS's key derivation from a secret access key: a chain of HMACs in which each result is the next key. */
export function derivedKey(secretAccessKey: string, steps: readonly string[]): Buffer {
  return steps.reduce<Buffer>((key, step) => macOf(key, step), Buffer.from(`AWS4${secretAccessKey}`));
}

/** Caches signing keys by access key and scope: a signing key is valid for a day, and deriving it takes four HMACs. */
export interface SigningKeys {
  /** The key for a scope; derived again if the access key's secret has changed. */
  get(accessKeyId: string, secretAccessKey: string, scope: CredentialScope): Uint8Array;
}

/** Keeps up to `capacity` keys; those derived longest ago are evicted first. */
export function createSigningKeys(capacity = 1000): SigningKeys {
  const made = new BoundedMap<string, { secret: string; key: Uint8Array }>({ capacity, evicts: "oldest" });
  return {
    get(accessKeyId, secret, scope) {
      const name = `${accessKeyId}/${scopeText(scope)}`;
      const found = made.get(name);
      // Both secrets are ours; a client's guess is never compared here, so the comparison need not be constant-time.
      if (found?.secret === secret) return found.key;
      const key = signingKeyOf(secret, scope);
      made.set(name, { secret, key });
      return key;
    },
  };
}
