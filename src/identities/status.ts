/**
 * What can be said of an identity. A domain is verified when the record of its DKIM key is found, as with SES's Easy DKIM;
 * an address when the link of a mail to it was followed. Where no mail leaves (`capture`) nothing is asked of anyone: an
 * identity that exists is taken to be verified.
 */
import type { Config } from "../config/config.ts";
import type { ProofStatus } from "../stores/postgres/dns-proof.ts";
import type { EmailIdentity } from "../stores/postgres/identities.ts";

/** `assumed`: what exists is verified, and nothing is asked of DNS or sent. `asked`: it is verified by proof. */
export type Proving = "assumed" | "asked";

/** Whether identities must prove anything. */
export function provingOf({ delivery }: Pick<Config, "delivery">): Proving {
  return delivery === "capture" ? "assumed" : "asked";
}

/** For how long the link of a verification mail works: SES's 24 hours, in milliseconds. */
export const linkLifetime = 24 * 3600_000;

/** An identity's verification, as SES names it; a domain without a key is NOT_STARTED. */
export function verificationStatus(
  identity: Pick<EmailIdentity, "type" | "dkim" | "provenAt" | "proofRequestedAt">,
  proving: Proving,
  now: Date,
): ProofStatus | "NOT_STARTED" {
  if (proving === "assumed") return "SUCCESS";
  if (identity.type === "DOMAIN") return identity.dkim?.status ?? "NOT_STARTED";
  if (identity.provenAt !== null) return "SUCCESS";
  const { proofRequestedAt } = identity;
  return proofRequestedAt !== null && hasExpired(proofRequestedAt, now) ? "FAILED" : "PENDING";
}

/** Whether the link of a mail that was sent then does not work any more. */
export function hasExpired(requestedAt: Date, now: Date): boolean {
  return now.getTime() - requestedAt.getTime() >= linkLifetime;
}

/** Whether mail may be sent from it: what was verified stays so until it has FAILED. */
export function maySend(status: ProofStatus | "NOT_STARTED"): boolean {
  return status === "SUCCESS" || status === "TEMPORARY_FAILURE";
}

/** Whether an identity, or a domain that covers it, may send. `nearest` starts with the identity itself. */
export function isCovered(nearest: readonly EmailIdentity[], proving: Proving, now: Date): boolean {
  return nearest.some((identity) => maySend(verificationStatus(identity, proving, now)));
}

/** The status of a record that an identity asks for. */
export function recordStatus({ status }: { status: ProofStatus }, proving: Proving): ProofStatus {
  return proving === "assumed" ? "SUCCESS" : status;
}
