/** What a server's DNS demands of its certificate (DANE for SMTP, RFC 7672). */
import type { DnsResolver } from "../../dns/resolver.ts";
import { isUsable } from "../smtp-client/dane-match.ts";
import type { TlsDemand } from "../smtp-client/tls.ts";

/** How many aliases of a server are followed. */
const longestChain = 8;

/**
 * The demand for a server of a domain whose mail servers are authenticated; undefined where the server's own DNS isn't,
 * or has no TLSA records. Records that can't be used demand TLS with whatever certificate (RFC 7672, 2.2).
 * Rejects with DnsError where the records can't be found out: then the server must not be used (RFC 7672, 2.1.2).
 */
export async function daneDemand(
  { server, port, domain }: { server: string; port: number; domain: string },
  resolver: DnsResolver,
): Promise<TlsDemand | undefined> {
  const { secure } = await resolver.addresses(server);
  if (!secure) return undefined;
  // The name at the end of the aliases goes before the alias (RFC 7672, 2.2.3).
  for (const base of new Set([await expanded(server, resolver), server])) {
    const { records, secure } = await resolver.tlsa(`_${port}._tcp.${base}`);
    if (records.length === 0 || !secure) continue;
    if (!records.some(isUsable)) return { kind: "encrypted" };
    return { kind: "dane", records, names: [...new Set([base, server, domain])] };
  }
  return undefined;
}

async function expanded(server: string, resolver: DnsResolver): Promise<string> {
  let name = server;
  for (let links = 0; links < longestChain; links += 1) {
    const { records, secure } = await resolver.cname(name);
    const [target] = records;
    if (target === undefined || !secure) break;
    name = target;
  }
  return name;
}
