/**
 * When a DNS record is looked for, and what follows from what was found (facts 1.3, GetEmailIdentity; SES's guide):
 * - PENDING is looked at more and more seldom, and is FAILED after 72 hours.
 * - SUCCESS is looked at every day. A record that is gone makes it TEMPORARY_FAILURE, and after 72 hours FAILED.
 * - FAILED is not looked at: whoever wants it asks again.
 * DNS servers that don't answer prove nothing: what was found once does not fail by them.
 */
import type { VerificationError } from "@aws-sdk/client-sesv2";
import type { DnsProof } from "../stores/postgres/dns-proof.ts";

/** What came of a look: undefined where the record is there. */
export type Finding = Extract<VerificationError, "DNS_SERVER_ERROR" | "HOST_NOT_FOUND" | "INVALID_VALUE"> | undefined;

/** In milliseconds. */
const deadline = 72 * 3600_000;
const shortest = 60_000;
const longest = 3600_000;
const whileFound = 24 * 3600_000;

/** What is known after a look. */
export function afterLook(proof: DnsProof, finding: Finding, now: Date): DnsProof {
  const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
  if (finding === undefined) {
    const since = proof.status === "SUCCESS" ? proof.since : now;
    return { status: "SUCCESS", since, checkedAt: now, succeededAt: now, error: null, nextCheckAt: later(whileFound) };
  }
  const looked = { checkedAt: now, succeededAt: proof.succeededAt, error: finding };
  if (proof.status === "SUCCESS") {
    return { ...looked, status: "TEMPORARY_FAILURE", since: now, nextCheckAt: later(shortest) };
  }
  const since = proof.since ?? now;
  const age = now.getTime() - since.getTime();
  const forgiven = proof.status === "TEMPORARY_FAILURE" && finding === "DNS_SERVER_ERROR";
  if (age >= deadline && !forgiven) return { ...looked, status: "FAILED", since: now, nextCheckAt: null };
  const pause = Math.min(Math.max(age / 10, shortest), longest);
  return { ...looked, status: proof.status, since, nextCheckAt: later(pause) };
}

/** What is known where somebody asks for it again: what has FAILED begins as if it had just been asked for. */
export function askAnew<Proof extends DnsProof>(proof: Proof): Proof {
  return proof.status === "FAILED" ? { ...proof, status: "PENDING", since: null, error: null } : proof;
}
