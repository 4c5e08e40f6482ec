/** Checks SPF: whether the domain of the return path lets this server and the account's dedicated IP addresses send. */
import { hostAddresses } from "../dns/host-addresses.ts";
import { orUnknown } from "../dns/or-unknown.ts";
import { spfAllows, spfRecords } from "../identities/spf-check.ts";
import type { RecommendationFinding } from "../stores/postgres/recommendations.ts";
import type { IdentityFacts } from "./identity-facts.ts";

/** The findings; undefined if they are unknown. */
export async function checkSpf(facts: IdentityFacts): Promise<RecommendationFinding[] | undefined> {
  const { resolver, returnPath, sendingHost, dedicated } = facts;
  const records = await orUnknown(spfRecords(resolver, returnPath));
  if (records === "unknown") return undefined;
  if (records.length === 0) {
    return [high("spf-record-missing", `The return path domain ${returnPath} has no SPF record.`)];
  }
  // RFC 7208, 4.5
  if (records.length > 1) {
    return [
      high("spf-several-records", `The return path domain ${returnPath} has several SPF records: none is valid.`),
    ];
  }
  const addresses = await orUnknown(hostAddresses(resolver, sendingHost));
  if (addresses === "unknown" || addresses.length === 0) return undefined;
  const senders = new Map([[sendingHost, addresses], ...dedicated.map((ip): [string, string[]] => [ip, [ip]])]);
  const findings: RecommendationFinding[] = [];
  for (const [sender, its] of senders) {
    const allowed = await orUnknown(spfAllows(resolver, returnPath, its));
    if (allowed === "unknown") return undefined;
    const finding = sender === sendingHost ? "spf-server-not-allowed" : `spf-address-not-allowed ${sender}`;
    const description = `The SPF record of the return path domain ${returnPath} does not allow ${sender} to send.`;
    if (!allowed) findings.push(high(finding, description));
  }
  return findings;
}

function high(finding: string, description: string): RecommendationFinding {
  return { type: "SPF", finding, impact: "HIGH", description };
}
