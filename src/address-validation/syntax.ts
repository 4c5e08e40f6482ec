import { type Address, mailboxOf, parseAddress } from "../mail/address.ts";
import { MailError } from "../mail/mail-error.ts";

/** RFC 5321, 4.1.2: a label of a domain doesn't begin or end with a hyphen. The parser accepts it, as SES does. */
const domainLabels = /^(?!-)[^.]*(?<!-)(?:\.(?!-)[^.]*(?<!-))*$/;

/**
 * HasValidSyntax is HIGH for the address that is returned, and LOW if the result is undefined. Only a bare address is
 * valid: no display name, comment or white space. A Unicode domain is converted to Punycode.
 */
export function readValidAddress(text: string): Address | undefined {
  try {
    const address = parseAddress(text);
    const { localPart, domain } = address;
    const domainAsGiven = text.slice(localPart.length + 1);
    // Comments, phrases and white space make the parsed address differ from the text.
    const isBare = text.startsWith(`${localPart}@`) && !/[\s()<>,;:"]/.test(domainAsGiven);
    return isBare && domainLabels.test(domain) ? { ...address, address: mailboxOf(address) } : undefined;
  } catch (error) {
    if (error instanceof MailError) return undefined;
    throw error;
  }
}
