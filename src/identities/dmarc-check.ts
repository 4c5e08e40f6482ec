/** Reads a domain's DMARC record and checks whether mail sent from this server aligns (RFC 7489, 3.1 and 6). */
import { getDomain } from "tldts";
import type { DnsResolver } from "../dns/resolver.ts";

export interface DmarcRecord {
  /** `_dmarc.` and the domain, or the organizational domain above it. */
  readonly name: string;
  readonly text: string;
  /** The policy for mail from the domain: `none`, `quarantine` or `reject`. */
  readonly policy: string;
  readonly strictDkim: boolean;
  readonly strictSpf: boolean;
}

/** The organizational domain: the public suffix plus one label. */
export function organizationOf(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/**
 * The record that receivers apply; undefined if there is none. Multiple records at one name are ignored.
 * Rejects with a DnsError if the lookup fails.
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

/** Whether an authenticated domain (of DKIM or SPF) aligns with the domain of the From header. */
export function aligns(proven: string, from: string, strict: boolean): boolean {
  return strict ? proven === from : organizationOf(proven) === organizationOf(from);
}
