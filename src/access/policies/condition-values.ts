/** The values of conditions that are more than texts. Each reader returns undefined for a malformed value. */
import ipaddr from "ipaddr.js";

/** A number: an optional sign, up to 15 digits, and up to 15 decimals. All of them are exact enough to compare. */
export function readNumber(text: string): number | undefined {
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
}

// https://www.w3.org/TR/NOTE-datetime, without the form that has a year only: it can't be told from a Unix time.
const dateTime =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?)?$/;
// Seconds: with more digits it is most likely in milliseconds, with fewer a year.
const unixTime = /^\d{5,11}$/;

/** A date in one of the W3C's formats, or a Unix time in seconds; returned in seconds. */
export function readDate(text: string): number | undefined {
  if (unixTime.test(text)) return Number(text);
  const [, year, month, day = "01", hour = "00", minute = "00", second = "00", zone = "Z"] = dateTime.exec(text) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const date = `${year}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Some parsers take February 30 for March 2.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return undefined;
  return Date.parse(`${date}T${hour}:${minute}:${second}${zone}`) / 1000;
}

/** An IPv4 or IPv6 address. An IPv6 address that stands for an IPv4 address becomes that. */
export function readAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return isAddress(text) ? ipaddr.process(text) : undefined;
}

export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, prefix: number];

/** An address or a network in CIDR notation. */
export function readNetwork(text: string): Network | undefined {
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  if (!isAddress(host)) return undefined;
  const address = ipaddr.parse(host);
  // It would match nothing, since addresses of requests are compared as IPv4.
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return undefined;
  const bits = address.kind() === "ipv4" ? 32 : 128;
  if (slash < 0) return [address, bits];
  const prefix = text.slice(slash + 1);
  return /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= bits ? [address, Number(prefix)] : undefined;
}

/** Whether an address is in a network. */
export function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, prefix]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, prefix);
}

/** Only the common forms: no octal or short IPv4 addresses, and no zones. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes("%"));
}
