/**
 * When a DNS record is checked, and the status that results (facts 1.3, GetEmailIdentity; SES's guide):
 * - PENDING is checked less and less often, and becomes FAILED after 72 hours.
 * - SUCCESS is checked every day. If the record is gone, it becomes TEMPORARY_FAILURE, and FAILED after 72 hours.
 * - FAILED is not checked until the user requests it again.
 * A record that was found once never becomes FAILED because DNS servers don't answer.
 */
import type { VerificationError } from "@aws-sdk/client-sesv2";
import type { DnsProof } from "../stores/postgres/dns-proof.ts";

/** The result of a check; undefined if the record was found. */
export type Finding = Extract<VerificationError, "DNS_SERVER_ERROR" | "HOST_NOT_FOUND" | "INVALID_VALUE"> | undefined;

/** In milliseconds. */
const deadline = 72 * 3600_000;
const shortest = 60_000;
const longest = 3600_000;
const whileFound = 24 * 3600_000;

/** The state of a proof after a check. */
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

/** The state of a proof when the user requests it again: FAILED starts over as PENDING. */
export function askAnew<Proof extends DnsProof>(proof: Proof): Proof {
  return proof.status === "FAILED" ? { ...proof, status: "PENDING", since: null, error: null } : proof;
}
