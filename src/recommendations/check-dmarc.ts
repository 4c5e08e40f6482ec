/** Checks DMARC: whether there is a policy, and whether the domain's mail aligns with it. Pure. */
import { aligns, organizationOf } from "../identities/dmarc-check.ts";
import type { RecommendationFinding } from "../stores/postgres/recommendations.ts";
import type { IdentityFacts } from "./identity-facts.ts";

/** The findings; undefined if the record is unknown. */
export function checkDmarc({
  domain,
  signer,
  returnPath,
  dmarc,
}: Pick<IdentityFacts, "domain" | "signer" | "returnPath" | "dmarc">): RecommendationFinding[] | undefined {
  if (dmarc === "unknown") return undefined;
  if (dmarc === undefined) {
    const description = `The DMARC record _dmarc.${organizationOf(domain)} was not found.`;
    return [{ type: "DMARC", finding: "dmarc-record-missing", impact: "HIGH", description }];
  }
  const findings: RecommendationFinding[] = [];
  if (dmarc.policy === "none") {
    const description = `The DMARC policy of ${domain} is none: receivers only monitor mail that is not from the domain.`;
    findings.push({ type: "DMARC", finding: "dmarc-policy-none", impact: "LOW", description });
  }
  const isAligned =
    (signer !== undefined && aligns(signer.name, domain, dmarc.strictDkim)) ||
    aligns(returnPath, domain, dmarc.strictSpf);
  if (!isAligned) {
    const description = `Mail from ${domain} fails DMARC: neither its DKIM signature nor its return path aligns with the domain.`;
    findings.push({ type: "DMARC", finding: "dmarc-not-aligned", impact: "HIGH", description });
  }
  return findings;
}
