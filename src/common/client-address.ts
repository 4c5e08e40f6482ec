/** Whom a limit counts as one client. */
import ipaddr from "ipaddr.js";

/**
 * The client that an address belongs to: an IPv4 address itself, the network of 64 bits of an IPv6 one, since a host may
 * take any address in that (RFC 4291, 2.5.4).
 */
export function clientOf(remoteAddress: string): string {
  if (!ipaddr.isValid(remoteAddress)) return remoteAddress;
  const address = ipaddr.process(remoteAddress);
  if (address.kind() === "ipv4") return address.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString();
}
