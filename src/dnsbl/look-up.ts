/** Looks up addresses in DNS-based blocklists (RFC 5782). */
import ipaddr from "ipaddr.js";
import { oneLine } from "../common/one-line.ts";
import { DnsError } from "../dns/dns-error.ts";
import type { DnsResolver } from "../dns/resolver.ts";

export type DnsblResolver = Pick<DnsResolver, "ipv4" | "txt">;

/** Whether a list has an address. `unknown` is neither: the list could not be asked, or its answer means nothing. */
export type DnsblAnswer =
  | { readonly kind: "listed"; readonly description: string }
  | { readonly kind: "not-listed" }
  | { readonly kind: "unknown"; readonly reason: string };

/** The maximum length of a list's text, in characters. */
const longestDescription = 400;

/** The name to look up: the octets of an IPv4 address or the nibbles of an IPv6 address, reversed (RFC 5782, 2.1, 2.4). */
export function queryName(zone: string, address: string): string {
  const parsed = ipaddr.parse(address);
  const parts =
    parsed.kind() === "ipv4"
      ? parsed.toByteArray().map(String)
      : [...Buffer.from(parsed.toByteArray()).toString("hex")];
  return `${parts.reverse().join(".")}.${zone}`;
}

/**
 * Looks up an address in the zone of a list.
 * @param address an IPv4 or IPv6 address
 */
export async function lookUp(resolver: DnsblResolver, zone: string, address: string): Promise<DnsblAnswer> {
  const name = queryName(zone, address);
  try {
    const { records } = await resolver.ipv4(name);
    if (records.length === 0) return { kind: "not-listed" };
    const reason = faultOf(records);
    return reason === undefined
      ? { kind: "listed", description: await descriptionOf(resolver, name) }
      : { kind: "unknown", reason };
  } catch (error) {
    // The error's message has the zone, which may contain a key.
    if (error instanceof DnsError) return { kind: "unknown", reason: "DNS servers don't answer" };
    throw error;
  }
}

/** Why an answer is no listing; undefined if it is one. */
function faultOf(records: readonly string[]): string | undefined {
  // Lists answer with these to resolvers that they don't serve, such as public ones, and above their limits.
  const refused = records.find((record) => record.startsWith("127.255.255."));
  if (refused !== undefined) return `it refuses queries from this server's DNS servers (${refused})`;
  // An expired domain answers with the address of a web server.
  const foreign = records.find((record) => !record.startsWith("127."));
  return foreign === undefined ? undefined : `it answers with ${foreign}, which is no code of a blocklist`;
}

/** The list's text about a listing; empty if there is none. */
async function descriptionOf(resolver: DnsblResolver, name: string): Promise<string> {
  try {
    return oneLine((await resolver.txt(name)).records.join(" "), longestDescription);
  } catch (error) {
    if (error instanceof DnsError) return "";
    throw error;
  }
}
