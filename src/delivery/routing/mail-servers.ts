/** Finds the mail servers of a domain (RFC 5321, 5.1). */
import { isIPv4, isIPv6 } from "node:net";
import { DnsError } from "../../dns/dns-error.ts";
import { isDomainName } from "../../dns/names.ts";
import type { Answer, DnsResolver, MxRecord } from "../../dns/resolver.ts";
import type { Failure } from "../transport.ts";
import { routeFailure } from "./route-failure.ts";

/** Where mail for a domain goes. */
export interface Route {
  /** Names or one address, in the order in which to try them. */
  readonly servers: readonly [string, ...string[]];
  /** Whether the lookup was DNSSEC-secure. */
  readonly secure: boolean;
}

/** A route, or the reason why there is none. */
export type Found =
  | { readonly route: Route; readonly failure?: undefined }
  | { readonly failure: Failure; readonly route?: undefined };

/** How many of a domain's servers are tried at most. */
const mostServers = 10;

/**
 * Finds the mail servers of a domain, ordered by preference. Servers of equal preference are in random order to spread
 * the load. Without MX records, the domain itself is the server. An address literal is its own server.
 */
export async function findMailServers(
  domain: string,
  { resolver, random }: { resolver: DnsResolver; random: () => number },
): Promise<Found> {
  const literal = /^\[(?:IPv6:)?([^\]]{1,60})\]$/i.exec(domain)?.[1];
  if (literal !== undefined) {
    if (isIPv4(literal) || isIPv6(literal)) return { route: { servers: [literal], secure: false } };
    return { failure: routeFailure("5.1.3", `${domain} is not an address.`) };
  }
  try {
    const { records, secure } = await resolver.mx(domain);
    if (records.length === 0) return await domainItself(domain, resolver, secure);
    const named = records.filter(({ exchange }) => exchange !== "");
    if (named.length === 0) return { failure: routeFailure("5.1.10", `${domain} takes no mail (null MX).`) };
    const [first, ...others] = inOrder(named, random).filter(isDomainName).slice(0, mostServers);
    if (first !== undefined) return { route: { servers: [first, ...others], secure } };
    return { failure: routeFailure("5.4.4", `The MX records of ${domain} name no host.`) };
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    return { failure: routeFailure("4.4.3", `The mail servers of ${domain} can't be found out: ${error.message}.`) };
  }
}

async function domainItself(domain: string, resolver: DnsResolver, secure: boolean): Promise<Found> {
  const { records }: Answer<string> = await resolver.addresses(domain);
  if (records.length > 0) return { route: { servers: [domain], secure } };
  return { failure: routeFailure("5.1.2", `${domain} has neither mail servers nor an address.`) };
}

function inOrder(records: readonly MxRecord[], random: () => number): string[] {
  const drawn = records.map((record) => ({ ...record, lot: random() }));
  drawn.sort((a, b) => a.preference - b.preference || a.lot - b.lot);
  return [...new Set(drawn.map(({ exchange }) => exchange))];
}
