/** Checks DKIM: whether the domain's mail is signed with a key that receivers can find and that is long enough. */

import { lookForKey } from "../identities/look-up.ts";
import type { Finding } from "../identities/proof-schedule.ts";
import { keyRecordName } from "../mail/dkim/key-record.ts";
import type { DkimKeyRow } from "../stores/postgres/dkim-keys.ts";
import type { RecommendationFinding } from "../stores/postgres/recommendations.ts";
import type { IdentityFacts } from "./identity-facts.ts";

/** In bits (RFC 8301, 3.2: receivers must accept 1024, signers should use 2048). */
const recommendedBits = 2048;

/** The findings; undefined if the DNS record's state is unknown. */
export async function checkDkim(facts: IdentityFacts): Promise<RecommendationFinding[] | undefined> {
  const { domain, own, signer } = facts;
  if (!own.dkimSigningEnabled) {
    return [high("dkim-signing-disabled", `DKIM signing of ${domain} is disabled: its mail has no signature.`)];
  }
  if (!signer?.dkim) return [high("dkim-key-missing", `${domain} has no DKIM key: its mail has no signature.`)];
  const { dkim: key, name } = signer;
  const record = keyRecordName(key.selector, name);
  const found = await recordState(facts, name, key);
  if (found === "DNS_SERVER_ERROR" || found === "unchecked") return undefined;
  if (found === "HOST_NOT_FOUND") {
    return [high("dkim-record-missing", `The DKIM record ${record} was not found.`)];
  }
  if (found === "INVALID_VALUE") {
    return [high("dkim-record-differs", `The DKIM record ${record} does not have the public key of ${name}.`)];
  }
  if (key.bits >= recommendedBits) return [];
  const description = `The DKIM key of ${name} has ${key.bits} bits; ${recommendedBits} bits are recommended.`;
  return [{ type: "DKIM", finding: "dkim-key-short", impact: "LOW", description }];
}

/** The verifier checks the records of keys already. It doesn't run if identities need no proof. */
async function recordState(
  { resolver, proving }: IdentityFacts,
  domain: string,
  key: DkimKeyRow,
): Promise<Finding | "unchecked"> {
  const { publicKey, selector, status, error } = key;
  if (publicKey === null) return "unchecked";
  if (proving === "assumed") return (await lookForKey(resolver, domain, { selector, publicKey })).finding;
  if (status === "SUCCESS") return undefined;
  return error === "HOST_NOT_FOUND" || error === "INVALID_VALUE" ? error : "unchecked";
}

function high(finding: string, description: string): RecommendationFinding {
  return { type: "DKIM", finding, impact: "HIGH", description };
}
