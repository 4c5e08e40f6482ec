/** The address that a contact, or an entry of the suppression list, is kept under. */
import { mailboxOf, parseAddress } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";

/**
 * A contact's address as it is stored, or undefined where the text is none: without white space around it, the domain
 * in ASCII and lower case, the local part as given. So SES was seen to keep suppressed addresses (facts 6.1), and a
 * list must find the contact that the other list knows. `Name <a@b.c>` and a domain without a dot are no addresses.
 */
export function contactAddress(text: string): string | undefined {
  const given = text.trim();
  const at = given.lastIndexOf("@");
  try {
    const address = parseAddress(given);
    // A comment or a phrase is what makes these differ, and white space goes with them.
    if (
      address.localPart !== given.slice(0, at) ||
      !address.domain.includes(".") ||
      /[\s()<>,;:"]/.test(given.slice(at))
    ) {
      return undefined;
    }
    return mailboxOf(address);
  } catch (error) {
    if (error instanceof MailError) return undefined;
    throw error;
  }
}

/** The same of a recipient of mail, whose address was read before and may have no dot in its domain. */
export function addressOfRecipient(address: string): string {
  // A quoted local part may have an `@` of its own.
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}${address.slice(at).toLowerCase()}`;
}
