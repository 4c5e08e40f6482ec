/** The addresses that mail leaves from. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { hostAddresses } from "../dns/host-addresses.ts";
import type { DnsResolver } from "../dns/resolver.ts";

/** Finds addresses, each once and in canonical form. Rejects with a DnsError if DNS servers don't answer. */
export interface OwnAddresses {
  /** Those that mail of a scope leaves from: the server's own, and the dedicated IPs of the scope. */
  of(scope: number): Promise<readonly string[]>;
  /** All addresses by scope. The server's own belong to the default scope, the operator's. */
  byScope(): Promise<ReadonlyMap<number, readonly string[]>>;
}

export interface OwnAddressServices {
  resolver: Pick<DnsResolver, "addresses">;
  /** The host name of this server. */
  hostname: string;
  defaultScope: number;
  /** Returns the dedicated IPs of all scopes. */
  registered: () => Promise<readonly { readonly address: string; readonly scope: number }[]>;
}

/** An address in canonical form, with IPv4-mapped IPv6 addresses as IPv4; undefined if it is no address. */
export function canonicalAddress(text: string): string | undefined {
  return isIP(text) ? ipaddr.process(text).toString() : undefined;
}

export function createOwnAddresses({ resolver, hostname, defaultScope, registered }: OwnAddressServices): OwnAddresses {
  async function read() {
    const [server, dedicated] = await Promise.all([hostAddresses(resolver, hostname), registered()]);
    return { server, dedicated };
  }

  return {
    async of(scope) {
      const { server, dedicated } = await read();
      return canonical([...server, ...dedicated.filter((ip) => ip.scope === scope).map(({ address }) => address)]);
    },
    async byScope() {
      const { server, dedicated } = await read();
      const owned = [...server.map((address) => ({ address, scope: defaultScope })), ...dedicated];
      const byScope = Map.groupBy(owned, ({ scope }) => scope);
      return new Map([...byScope].map(([scope, ips]) => [scope, canonical(ips.map(({ address }) => address))]));
    },
  };
}

function canonical(addresses: readonly string[]): string[] {
  return [...new Set(addresses.flatMap((address) => canonicalAddress(address) ?? []))];
}
