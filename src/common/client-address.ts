/** Which addresses a rate limit counts as one client. */
import ipaddr from "ipaddr.js";

/**
 * The client of an address: an IPv4 address itself, or the /64 network of an IPv6 address, because a host may use any
 * address in its /64 (RFC 4291, 2.5.4).
 */
export function clientOf(remoteAddress: string): string {
  if (!ipaddr.isValid(remoteAddress)) return remoteAddress;
  const address = ipaddr.process(remoteAddress);
  if (address.kind() === "ipv4") return address.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString();
}
