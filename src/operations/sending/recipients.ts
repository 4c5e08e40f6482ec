/** The recipients of a message. */
import { errors } from "../../contract/errors.ts";
import { type Address, mailboxOf } from "../../mail/address.ts";

export interface Recipient {
  readonly address: Address;
  readonly kind: "to" | "cc" | "bcc";
}

/** The addresses of a Destination, or of a message's own headers. */
export interface Destination {
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
}

/** SES's quota for a message. */
export const maxRecipients = 50;

/**
 * The recipients of the envelope: To, Cc, Bcc in this order. A repeated address counts each time toward the limit, but
 * becomes one recipient: events are identified by message and recipient, and no one wants a mail twice. The local part
 * is case-sensitive (RFC 5321, 2.4), the domain is not.
 * @throws ServiceError if there are none, or more than 50.
 */
export function envelopeRecipients({ to, cc, bcc }: Destination): Recipient[] {
  const count = to.length + cc.length + bcc.length;
  if (count === 0) throw errors.recipientsMissing();
  if (count > maxRecipients) throw errors.tooManyRecipients(maxRecipients);
  const recipients = new Map<string, Recipient>();
  const add = (kind: Recipient["kind"], addresses: readonly Address[]) => {
    for (const address of addresses) {
      const key = mailboxOf(address);
      if (!recipients.has(key)) recipients.set(key, { address, kind });
    }
  };
  add("to", to);
  add("cc", cc);
  add("bcc", bcc);
  return [...recipients.values()];
}
