import { isIP } from "node:net";
import type { DnsResolver } from "./resolver.ts";

/** The addresses of a host, which may be an address itself. Rejects with a DnsError if the lookup fails. */
export async function hostAddresses(
  resolver: Pick<DnsResolver, "addresses">,
  host: string,
): Promise<readonly string[]> {
  return isIP(host) ? [host] : (await resolver.addresses(host)).records;
}
