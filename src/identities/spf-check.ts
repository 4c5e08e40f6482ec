/**
 * Checks whether an SPF record allows a server to send (RFC 7208, 4 to 5), for the advice on DNS records. It evaluates
 * the same mechanisms as receivers, except macros, `exists` and `ptr`, which are not needed to name a server.
 */
import ipaddr from "ipaddr.js";
import type { DnsResolver } from "../dns/resolver.ts";

type SpfResolver = Pick<DnsResolver, "txt" | "mx" | "addresses">;

/** The maximum number of mechanisms with DNS lookups, including those of included records (RFC 7208, 4.6.4). */
const mostLookUps = 10;

/** The SPF records of a domain; more than one is an error (RFC 7208, 4.5). */
export async function spfRecords(resolver: Pick<DnsResolver, "txt">, domain: string): Promise<string[]> {
  const { records } = await resolver.txt(domain);
  return records.filter((record) => /^v=spf1(?: |$)/i.test(record));
}

/**
 * Whether the domain's record allows all of the addresses to send. False if there is no record or it has an error.
 * Rejects with a DnsError if a lookup fails.
 */
export async function spfAllows(resolver: SpfResolver, domain: string, addresses: readonly string[]): Promise<boolean> {
  for (const address of addresses) {
    if ((await evaluate({ resolver, address: ipaddr.process(address), left: mostLookUps }, domain)) !== "pass") {
      return false;
    }
  }
  return addresses.length > 0;
}

interface Check {
  readonly resolver: SpfResolver;
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  /** Remaining DNS lookups. */
  left: number;
}

/** `fail` includes every result other than pass; `error` means an invalid or missing record. */
type Result = "pass" | "fail" | "error";

async function evaluate(check: Check, domain: string): Promise<Result> {
  const records = await spfRecords(check.resolver, domain);
  if (records.length !== 1) return "error";
  let redirect: string | undefined;
  for (const term of (records[0] ?? "").split(/ +/).slice(1)) {
    const modifier = /^redirect=(.+)$/i.exec(term);
    if (modifier) redirect = modifier[1];
    const mechanism = /^([+\-~?]?)(all|include|a|mx|ip4|ip6)(?::([^/]+))?((?:\/\d+)?(?:\/\/\d+)?)$/i.exec(term);
    if (!mechanism) continue;
    const [, qualifier = "", name = "", value, lengths = ""] = mechanism;
    const matched = await matches(check, { name: name.toLowerCase(), value, lengths }, domain);
    if (matched === "error") return "error";
    if (matched) return qualifier === "" || qualifier === "+" ? "pass" : "fail";
  }
  if (redirect === undefined) return "fail";
  return check.left-- > 0 ? evaluate(check, redirect) : "error";
}

/** A mechanism without its qualifier: `a:mail.example.com/24//64` has a name, a value and prefix lengths. */
interface Mechanism {
  readonly name: string;
  readonly value: string | undefined;
  readonly lengths: string;
}

async function matches(check: Check, { name, value, lengths }: Mechanism, domain: string): Promise<boolean | "error"> {
  if (name === "all") return true;
  if (name === "ip4" || name === "ip6") return within(check.address, `${value ?? ""}${lengths}`);
  if (check.left-- <= 0) return "error";
  if (name === "include") {
    const result = await evaluate(check, value ?? "");
    return result === "error" ? "error" : result === "pass";
  }
  const hosts = await hostsOf(check, name, value ?? domain);
  const prefix = check.address.kind() === "ipv4" ? /^\/(\d+)/.exec(lengths)?.[1] : /\/\/(\d+)$/.exec(lengths)?.[1];
  return hosts.some((host) => within(check.address, prefix === undefined ? host : `${host}/${prefix}`));
}

async function hostsOf({ resolver }: Check, name: string, domain: string): Promise<readonly string[]> {
  if (name === "a") return (await resolver.addresses(domain)).records;
  const { records } = await resolver.mx(domain);
  const hosts = records.filter(({ exchange }) => exchange !== "").slice(0, mostLookUps);
  const found = await Promise.all(hosts.map(({ exchange }) => resolver.addresses(exchange)));
  return found.flatMap((answer) => answer.records);
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [host = "", length] = network.split("/");
  if (!ipaddr.isValid(host)) return false;
  const parsed = ipaddr.parse(host);
  if (parsed.kind() !== address.kind()) return false;
  const bits = length === undefined ? (parsed.kind() === "ipv4" ? 32 : 128) : Number(length);
  return bits <= (parsed.kind() === "ipv4" ? 32 : 128) && address.match(parsed, bits);
}
