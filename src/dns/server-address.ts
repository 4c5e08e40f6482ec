/** DNS server addresses in the format of the settings and of Node's `dns.getServers`. */
import { isIP } from "node:net";

export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

const dnsPort = 53;

/**
 * Parses `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` and `[2001:db8::1]:5353`.
 * @throws Error for any other format.
 */
export function serverAddress(text: string): ServerAddress {
  if (isIP(text) !== 0) return { address: text, port: dnsPort };
  const [, bracketed, plain, port] = /^(?:\[([^\]]{1,80})\]|([\d.]{1,15}))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? "";
  if (isIP(address) === 0) throw new Error(`${JSON.stringify(text)} is not the address of a DNS server`);
  return { address, port: port === undefined ? dnsPort : Number(port) };
}
