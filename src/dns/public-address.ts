/** Which addresses belong to the public Internet (MAILGLASS_PRIVATE_DESTINATIONS). */
import ipaddr from "ipaddr.js";

/**
 * Whether anyone may be connected to at that address: not where it is private, loopback, link-local, reserved or stands
 * for another one, such as an IPv4 address within IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address that is mapped into IPv6 counts as what it is (RFC 4291, 2.5.5.2).
  return ipaddr.process(address).range() === "unicast";
}

/** Whether it is this machine's own. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";
}
