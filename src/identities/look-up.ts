/** Looks for the DNS records that identities are verified by. */
import { DnsError } from "../dns/dns-error.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { keyRecordName, publishesKey } from "../mail/dkim/key-record.ts";
import type { Finding } from "./proof-schedule.ts";

/** What there is: the records as text, and what came of looking for the one that is wanted. */
export interface Look {
  readonly found: readonly string[];
  readonly finding: Finding;
}

/** Looks for the record of a DKIM key. An alias to it will do. */
export function lookForKey(
  resolver: Pick<DnsResolver, "txt">,
  domain: string,
  { selector, publicKey }: { selector: string; publicKey: string },
): Promise<Look> {
  return look(async () => {
    const { records } = await resolver.txt(keyRecordName(selector, domain));
    // Of several records no one says which one counts (RFC 6376, 3.6.2.2).
    return { found: records, right: records.length === 1 && publishesKey(records[0] ?? "", publicKey) };
  });
}

/**
 * Looks for the MX record that brings a domain's bounces to this server: `hostname` must be among those that are tried
 * first, since what goes to another server is lost.
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

/** Asks, and says in SES's words what came of it. */
export async function look(ask: () => Promise<{ found: readonly string[]; right: boolean }>): Promise<Look> {
  try {
    const { found, right } = await ask();
    return { found, finding: right ? undefined : found.length > 0 ? "INVALID_VALUE" : "HOST_NOT_FOUND" };
  } catch (error) {
    if (error instanceof DnsError) return { found: [], finding: "DNS_SERVER_ERROR" };
    throw error;
  }
}
