/** The secrets and signatures of Standard Webhooks (https://www.standardwebhooks.com). */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";

/** As the standard recommends: 24 to 64. */
const secretBytes = 32;
const prefix = "whsec_";

/** A new secret, in the format in which receivers set it: `whsec_` and base64. */
export function createWebhookSecret(): string {
  return prefix + randomBytes(secretBytes).toString("base64");
}

/** The key of a secret, to sign with. */
export function signingKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret.slice(prefix.length), "base64"));
}

/** What is signed. */
export interface SignedContent {
  /** The same for each try. */
  readonly id: string;
  /** The time of this try, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, names and values in turn. The signature
 * contains one by each key.
 */
export function signatureHeaders(keys: readonly KeyObject[], { id, timestamp, body }: SignedContent): string[] {
  const signatures = keys.map(
    (key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  return ["webhook-id", id, "webhook-timestamp", String(timestamp), "webhook-signature", signatures.join(" ")];
}
