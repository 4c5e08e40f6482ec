/** Recognizes addresses of the public Internet (MAILGLASS_PRIVATE_DESTINATIONS). */
import ipaddr from "ipaddr.js";

/**
 * Whether connections to the address are always allowed: false if it is private, loopback, link-local, reserved, or
 * represents another address, such as an IPv4 address embedded in IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4-mapped IPv6 address is treated as the IPv4 address (RFC 4291, 2.5.5.2).
  return ipaddr.process(address).range() === "unicast";
}

/** Whether this is a loopback address. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";
}
