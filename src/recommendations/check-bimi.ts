/** Checks BIMI: whether there is a record at the default selector, and its syntax (draft-brand-indicators, 4.2). */

import { orUnknown } from "../dns/or-unknown.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { organizationOf } from "../identities/dmarc-check.ts";
import { readTags } from "../mail/dkim/key-record.ts";
import type { RecommendationFinding } from "../stores/postgres/recommendations.ts";
import type { IdentityFacts } from "./identity-facts.ts";

/** The findings; undefined if the DNS lookup failed. */
export async function checkBimi({
  domain,
  resolver,
}: Pick<IdentityFacts, "domain" | "resolver">): Promise<RecommendationFinding[] | undefined> {
  const found = await orUnknown(bimiRecords(resolver, domain));
  if (found === "unknown") return undefined;
  const { name, records } = found;
  const [record] = records;
  if (record === undefined) return [low("bimi-record-missing", `The BIMI record ${name} was not found.`)];
  if (records.length > 1)
    return [low("bimi-record-malformed", `There are several BIMI records ${name}: none is valid.`)];
  const fault = bimiFault(record);
  return fault === undefined ? [] : [low("bimi-record-malformed", `The BIMI record ${name} is malformed: ${fault}.`)];
}

/** The records of the domain, or else of its organizational domain. */
async function bimiRecords(resolver: Pick<DnsResolver, "txt">, domain: string) {
  let name = "";
  for (const from of new Set([domain, organizationOf(domain)])) {
    name = `default._bimi.${from}`;
    const records = (await resolver.txt(name)).records.filter((record) => /^\s*v\s*=\s*BIMI/i.test(record));
    if (records.length > 0) return { name, records };
  }
  return { name, records: [] };
}

/** What is wrong with a record; undefined if nothing is. */
export function bimiFault(record: string): string | undefined {
  const tags = readTags(record);
  if (tags === undefined) return "it is no list of tags";
  const [first] = tags;
  if (first?.[0] !== "v" || first[1] !== "BIMI1") return "it must begin with v=BIMI1";
  const logo = tags.get("l");
  if (logo === undefined) return "the tag l is missing";
  const evidence = tags.get("a") ?? "";
  // Empty tags decline to publish a logo.
  if (logo !== "" && !isHttps(logo)) return "the tag l must be an https URL";
  if (evidence !== "" && !isHttps(evidence)) return "the tag a must be an https URL";
  return undefined;
}

function isHttps(text: string): boolean {
  return URL.parse(text)?.protocol === "https:";
}

function low(finding: string, description: string): RecommendationFinding {
  return { type: "BIMI", finding, impact: "LOW", description };
}
