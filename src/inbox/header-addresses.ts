/** The mailboxes in the address fields of a header, as far as they can be read. */
import { parseAddressList } from "../mail/address.ts";
import type { Fields } from "../mail/lenient-mime.ts";
import { MailError } from "../mail/mail-error.ts";

export interface Mailbox {
  /** Decoded; empty if there is none. */
  readonly name: string;
  readonly address: string;
}

/** Mail with more is nothing that a person wrote. */
const mostMailboxes = 10_000;
/** In characters. */
const longestField = 1 << 20;

/**
 * The mailboxes of all fields with a name, in their order.
 * @param name in lower case
 */
export function mailboxesOf(fields: Fields, name: string): Mailbox[] {
  const values = fields.filter((field) => field.name === name).map(({ value }) => value.slice(0, longestField));
  return values.flatMap(mailboxesIn).slice(0, mostMailboxes);
}

function mailboxesIn(value: string): Mailbox[] {
  try {
    return parseAddressList(value).map(({ displayName = "", address }) => ({ name: displayName, address }));
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    // One malformed mailbox must not hide the others.
    const addresses = value.match(/[^\s<>,;:"()]{1,320}@[^\s<>,;:"()]{1,255}/g) ?? [];
    return addresses.map((address) => ({ name: "", address }));
  }
}
