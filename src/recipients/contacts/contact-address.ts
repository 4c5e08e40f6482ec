/** The canonical addresses under which contacts and suppression list entries are stored. */
import { mailboxOf, parseAddress } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";

/**
 * A contact's address in its stored form, or undefined if it is invalid: trimmed, the domain in ASCII and lower case,
 * the local part as given. SES was observed to store suppressed addresses in this form (facts 6.1), and both lists must
 * find each other's addresses. `Name <a@b.c>` and a domain without a dot are invalid.
 */
export function contactAddress(text: string): string | undefined {
  const given = text.trim();
  const at = given.lastIndexOf("@");
  try {
    const address = parseAddress(given);
    // Comments, phrases and white space make the parsed address differ from the text.
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

/** The stored form of a mail recipient's address, which has been parsed before and may have no dot in its domain. */
export function addressOfRecipient(address: string): string {
  // A quoted local part may contain an `@`.
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}${address.slice(at).toLowerCase()}`;
}
