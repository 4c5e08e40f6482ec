/** Reads the addresses of a send request: the sender, the recipients, Reply-To and the feedback address. */
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { type Address, type AddressRules, parseAddress, parseAddressList } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";
import { type Destination, maxRecipients } from "./recipients.ts";

/** The sender's members, common to SendEmail and SendBulkEmail. */
export type SenderInput = Pick<
  Input<"SendEmail">,
  | "FromEmailAddress"
  | "FromEmailAddressIdentityArn"
  | "FeedbackForwardingEmailAddress"
  | "FeedbackForwardingEmailAddressIdentityArn"
  | "ReplyToAddresses"
  | "ConfigurationSetName"
>;

/** Our own limit: SES's is unknown. */
const maxReplyTo = 50;

/** Trims a text. An empty string is treated as absent, because some clients send it instead. */
export function givenText(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}

/** The sender; undefined if there is none. Throws a MailError for a malformed address. */
export function givenSender({ FromEmailAddress }: SenderInput, rules: AddressRules): Address | undefined {
  return givenText(FromEmailAddress) === undefined ? undefined : givenAddress(FromEmailAddress ?? "", rules);
}

/** The recipients. Throws a MailError for the first malformed address. */
export function givenDestination({ Destination: given }: Input<"SendEmail">, rules: AddressRules): Destination {
  const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = given ?? {};
  // SES checks the syntax of all addresses first. Beyond this number, that is not worth the time.
  if (ToAddresses.length + CcAddresses.length + BccAddresses.length > 20 * maxRecipients) {
    throw errors.tooManyRecipients(maxRecipients);
  }
  const read = (addresses: readonly string[]) => addresses.map((address) => givenAddress(address, rules));
  return { to: read(ToAddresses), cc: read(CcAddresses), bcc: read(BccAddresses) };
}

/** Where bounces and complaints go; undefined for the sender. Throws a MailError for a malformed address. */
export function givenFeedbackAddress(input: SenderInput, rules: AddressRules): Address | undefined {
  const feedback = givenText(input.FeedbackForwardingEmailAddress);
  return feedback === undefined ? undefined : givenAddress(feedback, rules);
}

/** The Reply-To addresses. Throws a MailError for the first malformed one. */
export function givenReplyTo({ ReplyToAddresses: given = [] }: SenderInput, rules: AddressRules): Address[] {
  if (given.length > maxReplyTo) throw errors.tooManyReplyTo(maxReplyTo);
  return given.map((address) => givenAddress(address, rules));
}

/** The addresses of a From header. SES reports each malformed one as invalid, except for a missing `@`. */
export function fromHeaderAddresses(value: string, rules: AddressRules): Address[] {
  try {
    return parseAddressList(value, rules);
  } catch (error) {
    if (error instanceof MailError && error.message !== "Missing final '@domain'") throw errors.fromHeaderInvalid();
    throw error;
  }
}

function givenAddress(text: string, rules: AddressRules): Address {
  const address = parseAddress(text, rules);
  // The parser skips line breaks around an address and in a display name, as in a folded header. Here they can only
  // come from a value that the client did not check.
  if (/[\r\n]/.test(text)) throw errors.emailAddressInvalid(text);
  return address;
}
