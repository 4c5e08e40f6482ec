/** The addresses that this server sends from. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { hostAddresses } from "../dns/host-addresses.ts";
import type { DnsResolver } from "../dns/resolver.ts";

/** Finds the addresses, each once and in canonical form. Rejects with a DnsError if DNS servers don't answer. */
export type OwnAddresses = () => Promise<readonly string[]>;

/** An address in canonical form, with IPv4-mapped IPv6 addresses as IPv4; undefined if it is no address. */
export function canonicalAddress(text: string): string | undefined {
  return isIP(text) ? ipaddr.process(text).toString() : undefined;
}

/**
 * The addresses of this server's host name and those that `registered` returns.
 * @param registered the addresses of dedicated IPs
 */
export function createOwnAddresses(
  resolver: Pick<DnsResolver, "addresses">,
  hostname: string,
  registered: () => Promise<readonly string[]>,
): OwnAddresses {
  return async () => {
    const [own, dedicated] = await Promise.all([hostAddresses(resolver, hostname), registered()]);
    return [...new Set([...own, ...dedicated].flatMap((address) => canonicalAddress(address) ?? []))];
  };
}
