/**
 * SMTP credentials as SES documents them ("Obtaining Amazon SES SMTP credentials"): the user name is the access key id, the
 * password follows from the secret access key and the region, so that it can be given to who must not sign API calls.
 */
import { randomBytes } from "node:crypto";
import { constantTimeEqual } from "../common/mac.ts";
import type { AccessKeys } from "./access-keys.ts";
import { derivedKey } from "./signature.ts";

const version = 0x04;

/** The SMTP password of a secret access key in a region: 44 characters of base64. */
export function smtpPassword(secretAccessKey: string, region: string): string {
  const steps = ["11111111", region, "ses", "aws4_request", "SendRawEmail"];
  const signature = derivedKey(secretAccessKey, steps);
  return Buffer.concat([Buffer.of(version), signature]).toString("base64");
}

/** Whom an SMTP client is signed in as. */
export interface SmtpLogin {
  readonly accessKeyId: string;
}

/** Checks the user name and password of an SMTP client; undefined where they are not right, and then tells nothing more. */
export type VerifySmtpLogin = (user: string, password: string) => Promise<SmtpLogin | undefined>;

/** A check for this server's region. Like SES, it takes no temporary keys. */
export function createSmtpLogins(services: {
  keys: Pick<AccessKeys, "find" | "used">;
  region: string;
}): VerifySmtpLogin {
  const { keys, region } = services;
  // What a password is compared with where there is no key, so that both take the same time.
  const decoy = randomBytes(30).toString("base64");
  return async (user, password) => {
    const found = await keys.find(user);
    const key = found?.session ? undefined : found;
    const right = constantTimeEqual(smtpPassword(key?.secretAccessKey ?? decoy, region), password);
    if (!key || !right) return undefined;
    keys.used(key.id);
    return { accessKeyId: key.id };
  };
}
