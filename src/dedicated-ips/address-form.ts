/** The one form in which addresses are stored and compared. */
import ipaddr from "ipaddr.js";

/**
 * The address in the form of RFC 5952; undefined if the text is no IPv4 address in dotted decimals and no IPv6 address.
 * An IPv4-mapped IPv6 address becomes the IPv4 address, and a zone is refused.
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.includes("%")) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString();
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}
