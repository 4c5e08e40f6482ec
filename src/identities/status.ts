/**
 * The verification status of identities. A domain is verified when the record of its DKIM key is found, as with SES's
 * Easy DKIM, or the TXT record of its token if the API v1 was asked for one. An address is verified when the link in a mail to it was confirmed. In `capture` mode no mail leaves the
 * server, so every identity that exists counts as verified.
 */
import type { Config } from "../config/config.ts";
import type { DnsProof, ProofStatus } from "../stores/postgres/dns-proof.ts";
import type { EmailIdentity } from "../stores/postgres/identities.ts";

/** `assumed`: every identity counts as verified, without DNS lookups or mail. `asked`: identities need proof. */
export type Proving = "assumed" | "asked";

/** Whether identities need proof, depending on the delivery mode. */
export function provingOf({ delivery }: Pick<Config, "delivery">): Proving {
  return delivery === "capture" ? "assumed" : "asked";
}

/** How long the link of a verification mail is valid: 24 hours as in SES, in milliseconds. */
export const linkLifetime = 24 * 3600_000;

/** The statuses of a record, the one that verifies best first. */
const order: readonly ProofStatus[] = ["SUCCESS", "TEMPORARY_FAILURE", "PENDING", "FAILED"];

/** What verifies a domain: its DKIM key or its token, the one with the better status; undefined if it has neither. */
export function domainProof({ dkim, domainToken }: Pick<EmailIdentity, "dkim" | "domainToken">): DnsProof | undefined {
  if (!dkim || !domainToken) return dkim ?? domainToken;
  return order.indexOf(domainToken.status) < order.indexOf(dkim.status) ? domainToken : dkim;
}

/** An identity's verification status in SES's terms. A domain with neither a key nor a token is NOT_STARTED. */
export function verificationStatus(
  identity: Pick<EmailIdentity, "type" | "dkim" | "domainToken" | "provenAt" | "proofRequestedAt">,
  proving: Proving,
  now: Date,
): ProofStatus | "NOT_STARTED" {
  if (proving === "assumed") return "SUCCESS";
  if (identity.type === "DOMAIN") return domainProof(identity)?.status ?? "NOT_STARTED";
  if (identity.provenAt !== null) return "SUCCESS";
  const { proofRequestedAt } = identity;
  return proofRequestedAt !== null && hasExpired(proofRequestedAt, now) ? "FAILED" : "PENDING";
}

/** Whether the link of a verification mail sent at `requestedAt` has expired. */
export function hasExpired(requestedAt: Date, now: Date): boolean {
  return now.getTime() - requestedAt.getTime() >= linkLifetime;
}

/** Whether an identity with that status may send. Once verified, it may until it is FAILED. */
export function maySend(status: ProofStatus | "NOT_STARTED"): boolean {
  return status === "SUCCESS" || status === "TEMPORARY_FAILURE";
}

/** Whether an identity or a domain that covers it may send. `nearest` starts with the identity itself. */
export function isCovered(nearest: readonly EmailIdentity[], proving: Proving, now: Date): boolean {
  return nearest.some((identity) => maySend(verificationStatus(identity, proving, now)));
}

/** The status of an identity's DNS record. */
export function recordStatus({ status }: { status: ProofStatus }, proving: Proving): ProofStatus {
  return proving === "assumed" ? "SUCCESS" : status;
}
