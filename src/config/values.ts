/** Parsers for the values of settings. Each throws an error with a plain sentence about an unusable value. */
import { isIP } from "node:net";
import { isDomainName } from "../dns/names.ts";
import { normalizeIdentityName } from "../identities/identity-name.ts";
import { isCallersBucket } from "../stores/objects/file-location.ts";

export const text = (text: string) => text;

export function oneOf<const Choice extends string>(...choices: Choice[]): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new Error(`must be one of ${choices.join(", ")}`);
    return found;
  };
}

/** Some of the choices, separated by commas. */
export function someOf<const Choice extends string>(...choices: Choice[]): (text: string) => readonly Choice[] {
  const one = oneOf(...choices);
  return (text) => (text === "" ? [] : text.split(",").map((part) => one(part.trim())));
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

export function masterKeyBytes(text: string): Uint8Array {
  const key = Buffer.from(text, "base64");
  if (key.length !== 32) throw new Error("must be 32 bytes in base64");
  return key;
}

export function hostnameOf(text: string): string {
  if (text.length > 253 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(text)) {
    throw new Error("must be a host name such as mail.example.com");
  }
  return text.toLowerCase();
}

export function emailAddress(text: string): string {
  const address = normalizeIdentityName(text);
  if (address?.type !== "EMAIL_ADDRESS") throw new Error("must be an email address such as abuse@example.com");
  return address.name;
}

export function portOrOff(text: string): number | undefined {
  return text === "off" ? undefined : wholeNumber(0, 65535)(text);
}

export function portList(text: string): readonly number[] {
  return text === "" ? [] : text.split(",").map((part) => wholeNumber(1, 65535)(part.trim()));
}

export function dnsServerList(text: string): readonly string[] {
  const servers = text === "" ? [] : text.split(",").map((server) => server.trim());
  for (const server of servers) {
    const [, address = "", port] = /^\[?([\d.]+|[\da-f:.]+(?=\]|$))\]?(?::(\d{1,5}))?$/i.exec(server) ?? [];
    if (isIP(address) === 0 || Number(port ?? 53) > 65535) {
      throw new Error("must be addresses such as 127.0.0.1 or [::1]:5353");
    }
  }
  return servers;
}

/** A DNS blocklist: the name to show, and its zone. */
export interface DnsblZone {
  readonly name: string;
  readonly zone: string;
}

/** `zone`, or `name=zone` if the zone contains a key, separated by commas. */
export function dnsblZones(text: string): readonly DnsblZone[] {
  const zones = text === "" ? [] : text.split(",").map((part) => dnsblZone(part.trim()));
  if (zones.length > 20) throw new Error("must be at most 20 blocklists");
  if (new Set(zones.map(({ name }) => name)).size < zones.length) throw new Error("must name each blocklist once");
  return zones;
}

function dnsblZone(text: string): DnsblZone {
  const [, name, given = ""] = /^(?:([\w.-]{1,100})=)?(.*)$/s.exec(text) ?? [];
  const zone = hostnameOf(given);
  // The name of a lookup also has the 32 nibbles of an IPv6 address, each with a dot.
  if (!isDomainName(`${"0.".repeat(32)}${zone}`)) throw new Error("must be zones such as zen.spamhaus.org");
  return { name: name ?? zone, zone };
}

export function addressList(text: string): readonly string[] {
  const networks = text === "" ? [] : text.split(",").map((part) => part.trim());
  for (const network of networks) {
    const [address = "", bits, ...more] = network.split("/");
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || more.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
      throw new Error("must be addresses or networks such as 10.0.0.0/8, separated by commas");
    }
  }
  return networks;
}

export function secondsList(text: string): readonly [number, ...number[]] {
  const [first, ...rest] = text.split(",").map((part) => wholeNumber(1, 14 * 24 * 3600)(part.trim()));
  if (first === undefined) throw new Error("must be whole numbers, separated by commas");
  return [first, ...rest];
}

export function bucketNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (text === "") return [];
  const bad = names.find((name) => !isCallersBucket(name));
  if (bad !== undefined) throw new Error(`${JSON.stringify(bad)} can't be a bucket's name here`);
  return names;
}

export function url(...protocols: string[]): (text: string) => string {
  return (text) => {
    const parsed = URL.parse(text);
    if (!parsed || !protocols.includes(parsed.protocol.slice(0, -1))) {
      throw new Error(`must be a URL that starts with ${protocols.map((name) => `${name}://`).join(" or ")}`);
    }
    return text;
  };
}
