/** The arithmetic of Signature Version 4: the string to sign, the signing key, the signature. */
import { createHash } from "node:crypto";
import { BoundedMap } from "../common/bounded-map.ts";
import { macOf } from "../common/mac.ts";

/** The one algorithm. */
export const algorithm = "AWS4-HMAC-SHA256";

/** What a signing key is good for. */
export interface CredentialScope {
  /** `YYYYMMDD`, UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The signature in hexadecimal, of a canonical request (a byte in each character) at an instant `YYYYMMDDTHHMMSSZ`. */
export function signatureOf(
  canonicalRequest: string,
  timestamp: string,
  scope: CredentialScope,
  signingKey: Uint8Array,
): string {
  return macOf(signingKey, stringToSign(canonicalRequest, timestamp, scope)).toString("hex");
}

/** What is signed of a canonical request. */
export function stringToSign(canonicalRequest: string, timestamp: string, scope: CredentialScope): string {
  const digest = createHash("sha256").update(canonicalRequest, "latin1").digest("hex");
  return `${algorithm}\n${timestamp}\n${scopeText(scope)}\n${digest}`;
}

/** The scope as it stands in a credential. */
export function scopeText({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

/** The key for one scope, from a secret access key. */
export function signingKeyOf(secretAccessKey: string, { date, region, service }: CredentialScope): Buffer {
  return derivedKey(secretAccessKey, [date, region, service, "aws4_request"]);
}

/** What AWS derives from a secret access key: a chain of HMACs, each the key of the next step's. */
export function derivedKey(secretAccessKey: string, steps: readonly string[]): Buffer {
  return steps.reduce<Buffer>((key, step) => macOf(key, step), Buffer.from(`AWS4${secretAccessKey}`));
}

/** Signing keys by access key and scope: one is good for a day, and making it costs four HMACs. */
export interface SigningKeys {
  /** The key for a scope; made anew where the access key's secret is another than before. */
  get(accessKeyId: string, secretAccessKey: string, scope: CredentialScope): Uint8Array;
}

/** Remembers up to `capacity` keys; the ones made longest ago go first. */
export function createSigningKeys(capacity = 1000): SigningKeys {
  const made = new BoundedMap<string, { secret: string; key: Uint8Array }>({ capacity, evicts: "oldest" });
  return {
    get(accessKeyId, secret, scope) {
      const name = `${accessKeyId}/${scopeText(scope)}`;
      const found = made.get(name);
      // Both are ours; a client's guess is never compared here.
      if (found?.secret === secret) return found.key;
      const key = signingKeyOf(secret, scope);
      made.set(name, { secret, key });
      return key;
    },
  };
}
