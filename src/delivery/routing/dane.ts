/** Finds the TLS requirements that a server publishes in TLSA records (DANE for SMTP, RFC 7672). */
import type { DnsResolver } from "../../dns/resolver.ts";
import { isUsable } from "../smtp-client/dane-match.ts";
import type { TlsDemand } from "../smtp-client/tls.ts";

/** How many CNAME records are followed at most. */
const longestChain = 8;

/**
 * The TLS demand for a mail server of a domain whose MX lookup is DNSSEC-secure. Undefined if the server's own DNS
 * records are not secure or if it has no TLSA records. If no TLSA record is usable, TLS is required with any
 * certificate (RFC 7672, 2.2). Rejects with DnsError if the lookup fails. The server must not be used then (RFC 7672,
 * 2.1.2).
 */
export async function daneDemand(
  { server, port, domain }: { server: string; port: number; domain: string },
  resolver: DnsResolver,
): Promise<TlsDemand | undefined> {
  const { secure } = await resolver.addresses(server);
  if (!secure) return undefined;
  // The fully expanded CNAME takes precedence over the alias (RFC 7672, 2.2.3).
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
