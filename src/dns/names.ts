/** DNS names. */
import ipaddr from "ipaddr.js";

/** RFC 1035, 2.3.4, plus underscores as in `_dmarc` (RFC 8552). */
const domainName = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i;

/** Whether this is a valid name in ASCII without a trailing dot. Other names are not queried. */
export function isDomainName(text: string): boolean {
  return domainName.test(text);
}

/** The addresses of `localhost` and its subdomains, which are never queried (RFC 6761, 6.3). */
export function localAddresses(name: string): readonly string[] | undefined {
  return /(?:^|\.)localhost$/i.test(name) ? ["::1", "127.0.0.1"] : undefined;
}

/** The name whose PTR records name an address (RFC 1035, 3.5; RFC 3596, 2.5). Throws if it is no IP address. */
export function reverseName(address: string): string {
  const bytes = ipaddr.parse(address).toByteArray();
  if (bytes.length === 4) return `${bytes.reverse().join(".")}.in-addr.arpa`;
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
