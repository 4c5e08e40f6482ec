/** Looks up the DNS records that verify identities. */
import { DnsError } from "../dns/dns-error.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { keyRecordName, publishesKey } from "../mail/dkim/key-record.ts";
import type { Finding } from "./proof-schedule.ts";

/** The result of a lookup: the records found, as text, and the finding for the expected record. */
export interface Look {
  readonly found: readonly string[];
  readonly finding: Finding;
}

/** Looks up the record of a DKIM key. It may be a CNAME to the record. */
export function lookForKey(
  resolver: Pick<DnsResolver, "txt">,
  domain: string,
  { selector, publicKey }: { selector: string; publicKey: string },
): Promise<Look> {
  return look(async () => {
    const { records } = await resolver.txt(keyRecordName(selector, domain));
    // With several records, it is undefined which one counts (RFC 6376, 3.6.2.2).
    return { found: records, right: records.length === 1 && publishesKey(records[0] ?? "", publicKey) };
  });
}

/** The name of the TXT record with a domain's token. */
export function tokenRecordName(domain: string): string {
  return `_amazonses.${domain}`;
}

/** Looks up the record with a domain's token. As in SES, the name may have other values too, such as of other accounts. */
export function lookForToken(resolver: Pick<DnsResolver, "txt">, domain: string, token: string): Promise<Look> {
  return look(async () => {
    const { records } = await resolver.txt(tokenRecordName(domain));
    return { found: records, right: records.includes(token) };
  });
}

/**
 * Looks up the MX record that brings a domain's bounces to this server. `hostname` must have the best preference,
 * because bounces that go to another server are lost.
 */
export function lookForMx(resolver: Pick<DnsResolver, "mx">, domain: string, hostname: string): Promise<Look> {
  return look(async () => {
    const { records } = await resolver.mx(domain);
    const first = Math.min(...records.map(({ preference }) => preference));
    return {
      found: records.map(({ preference, exchange }) => `${preference} ${exchange}`),
      right: records.some(({ preference, exchange }) => preference === first && exchange === hostname),
    };
  });
}

/** Runs a lookup and converts its result to SES's verification errors. */
export async function look(ask: () => Promise<{ found: readonly string[]; right: boolean }>): Promise<Look> {
  try {
    const { found, right } = await ask();
    return { found, finding: right ? undefined : found.length > 0 ? "INVALID_VALUE" : "HOST_NOT_FOUND" };
  } catch (error) {
    if (error instanceof DnsError) return { found: [], finding: "DNS_SERVER_ERROR" };
    throw error;
  }
}
