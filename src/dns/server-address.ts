/** Addresses of DNS servers as settings and Node's `dns.getServers` write them. */
import { isIP } from "node:net";

/** Where a DNS server listens. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

const dnsPort = 53;

/**
 * Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` and `[2001:db8::1]:5353`.
 * @throws Error where it is none of them.
 */
export function serverAddress(text: string): ServerAddress {
  if (isIP(text) !== 0) return { address: text, port: dnsPort };
  const [, bracketed, plain, port] = /^(?:\[([^\]]{1,80})\]|([\d.]{1,15}))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? "";
  if (isIP(address) === 0) throw new Error(`${JSON.stringify(text)} is not the address of a DNS server`);
  return { address, port: port === undefined ? dnsPort : Number(port) };
}
