/** What a domain's DMARC record says, and whether mail that is sent here aligns (RFC 7489, 3.1 and 6). */
import { getDomain } from "tldts";
import type { DnsResolver } from "../dns/resolver.ts";

/** A record that was found. */
export interface DmarcRecord {
  /** Where: `_dmarc.` and the domain, or the organization's domain above it. */
  readonly name: string;
  readonly text: string;
  /** `none`, `quarantine` or `reject`, for mail from the domain. */
  readonly policy: string;
  readonly strictDkim: boolean;
  readonly strictSpf: boolean;
}

/** The organizational domain: the one below the public suffix. */
export function organizationOf(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/**
 * The record that receivers go by; undefined without one, or where there are several at one name.
 * Rejects with a DnsError where that can't be found out now.
 */
export async function dmarcRecord(
  resolver: Pick<DnsResolver, "txt">,
  domain: string,
): Promise<DmarcRecord | undefined> {
  for (const from of new Set([domain, organizationOf(domain)])) {
    const name = `_dmarc.${from}`;
    const records = (await resolver.txt(name)).records.filter((record) => /^v=DMARC1\s*(?:;|$)/.test(record));
    const [text] = records;
    if (text === undefined || records.length > 1) continue;
    const tags = new Map(
      text.split(";").map((part): [string, string] => {
        const [tag = "", ...value] = part.split("=");
        return [tag.trim().toLowerCase(), value.join("=").trim().toLowerCase()];
      }),
    );
    const own = tags.get("p") ?? "none";
    const policy = from === domain ? own : (tags.get("sp") ?? own);
    return { name, text, policy, strictDkim: tags.get("adkim") === "s", strictSpf: tags.get("aspf") === "s" };
  }
  return undefined;
}

/** Whether a domain that mail was proven for aligns with the one that it is from. */
export function aligns(proven: string, from: string, strict: boolean): boolean {
  return strict ? proven === from : organizationOf(proven) === organizationOf(from);
}
