/**
 * SMTP credentials as documented by SES ("Obtaining Amazon SES SMTP credentials"): the user name is the access key ID;
 * the password is derived from the secret access key and the region, so its holder can't sign API calls.
 */
import { randomBytes } from "node:crypto";
import { constantTimeEqual } from "../common/mac.ts";
import type { AccessKeys, KeyOwner } from "./access-keys.ts";
import { derivedKey } from "./signature.ts";

const version = 0x04;

/** The SMTP password of a secret access key in a region: 44 characters of base64. */
export function smtpPassword(secretAccessKey: string, region: string): string {
  const steps = ["11111111", region, "ses", "aws4_request", "SendRawEmail"];
  const signature = derivedKey(secretAccessKey, steps);
  return Buffer.concat([Buffer.of(version), signature]).toString("base64");
}

/** A signed-in SMTP client. */
export interface SmtpLogin extends KeyOwner {
  readonly accessKeyId: string;
  /** The region that its password was derived for. */
  readonly region: string;
}

/** Verifies an SMTP client's user name and password; undefined, without a reason, if they are wrong. */
export type VerifySmtpLogin = (user: string, password: string) => Promise<SmtpLogin | undefined>;

/** Creates the verification for the regions that are served. Like SES, it accepts no temporary keys. */
export function createSmtpLogins(services: {
  keys: Pick<AccessKeys, "find" | "used">;
  regions: readonly string[];
}): VerifySmtpLogin {
  const { keys, regions } = services;
  // The password to compare with if the key is unknown, so that both cases take the same time.
  const decoy = randomBytes(30).toString("base64");
  return async (user, password) => {
    const found = await keys.find(user);
    const key = found?.session ? undefined : found;
    const secret = key?.secretAccessKey ?? decoy;
    const region = regions.find((one) => constantTimeEqual(smtpPassword(secret, one), password));
    if (!key || region === undefined) return undefined;
    keys.used(key.id);
    const { id: accessKeyId, accountId, operator, rights } = key;
    return { accessKeyId, accountId, operator, rights, region };
  };
}
