/**
 * Why mail came back, in plain words: by what SES calls it, and where that says little, by the server's enhanced status code
 * (RFC 3463 and IANA's registry of them). The first table that knows decides.
 */

/** A bounce as its event tells it. */
export interface BouncedMail {
  readonly bounceType: "Permanent" | "Transient" | "Undetermined";
  readonly bounceSubType: string;
  readonly status?: string | undefined;
}

/** What happened, and what can be done about it; each a sentence or two. */
export interface BounceReason {
  readonly reason: string;
  readonly advice: string;
}

const removeAddress = "Don't send to this address again.";
const laterMail = "Later mail to this address may arrive.";
const checkSetup = "Check the identity's DNS records and the address that the server sends from.";

/** By SES's subtype, where it says why by itself. */
const bySubType: Readonly<Record<string, BounceReason>> = {
  NoEmail: { reason: "There is no such mailbox.", advice: removeAddress },
  Suppressed: {
    reason: "The mail was not sent: the address bounced for others before.",
    advice: "Send to it only if its owner confirms it.",
  },
  OnAccountSuppressionList: {
    reason: "The mail was not sent: the address is on the suppression list of this account.",
    advice: "Take it off the list if its owner wants mail again.",
  },
  OnTenantSuppressionList: {
    reason: "The mail was not sent: the address is on the suppression list of the tenant.",
    advice: "Take it off the list if its owner wants mail again.",
  },
  UnsubscribedRecipient: {
    reason: "The mail was not sent: the recipient has unsubscribed from the list or its topic.",
    advice: "The contact list says what the recipient wants.",
  },
  EmailValidationSuppressed: {
    reason: "The mail was not sent: Auto Validation found that the address is unlikely to be valid.",
    advice: "Ask for the address again.",
  },
  MailboxFull: { reason: "The recipient's mailbox is full.", advice: laterMail },
  MessageTooLarge: {
    reason: "The mail is larger than the recipient's server takes.",
    advice: "Send large files as a link.",
  },
  CustomTimeoutExceeded: {
    reason: "The mail could not be delivered within the time that was set for it.",
    advice: laterMail,
  },
  ContentRejected: {
    reason:
      "The recipient's server refused what the mail says or how it is made: it takes it for spam, or for harmful.",
    advice: "Look at the server's answer, and send yourself the same mail at that provider.",
  },
  AttachmentRejected: {
    reason: "The recipient's server refuses an attachment of this kind.",
    advice: "Send the file as a link.",
  },
};

/** By the enhanced status code without its class, which the bounce's type tells already. */
const byStatus: Readonly<Record<string, BounceReason>> = {
  "1.1": { reason: "There is no such mailbox.", advice: removeAddress },
  "1.2": { reason: "There is no such mail domain.", advice: removeAddress },
  "1.3": { reason: "The server can't read the address.", advice: "Look for a mistake in the address." },
  "1.4": { reason: "The address could be that of several mailboxes.", advice: "Ask for the whole address." },
  "1.6": { reason: "The mailbox has moved, and nobody said where to.", advice: "Ask for the new address." },
  "1.7": {
    reason: "The server can't read the sender's address.",
    advice: "Look for a mistake in the sender's address.",
  },
  "1.8": { reason: "The server does not find the sender's domain.", advice: checkSetup },
  "1.10": { reason: "The domain takes no mail: it says so in its DNS.", advice: removeAddress },
  "2.1": { reason: "The mailbox is disabled.", advice: removeAddress },
  "2.2": { reason: "The recipient's mailbox is full.", advice: laterMail },
  "2.3": { reason: "The mail is larger than the mailbox takes.", advice: "Send large files as a link." },
  "2.4": { reason: "The address is a list, and the list could not be read.", advice: laterMail },
  "3.1": { reason: "The recipient's server has no room left.", advice: laterMail },
  "3.2": { reason: "The recipient's server takes no mail at the moment.", advice: laterMail },
  "3.4": { reason: "The mail is larger than the recipient's server takes.", advice: "Send large files as a link." },
  "4.1": { reason: "The recipient's server did not answer.", advice: laterMail },
  "4.2": { reason: "The connection to the recipient's server broke off.", advice: laterMail },
  "4.3": { reason: "A directory that the recipient's server asks failed.", advice: laterMail },
  "4.4": { reason: "No server was found that takes mail for the domain.", advice: "Look for a mistake in the domain." },
  "4.5": { reason: "The recipient's server has too much to do.", advice: laterMail },
  "4.6": {
    reason: "The mail went round in circles between servers.",
    advice: "The recipient's administrator can mend that.",
  },
  "4.7": { reason: "The server tried until the mail was too old.", advice: laterMail },
  "5.1": { reason: "The servers did not understand each other.", advice: "Look at the server's answer." },
  "6.1": { reason: "The server does not take mail of this kind.", advice: "Look at how the mail is made." },
  "7.1": {
    reason: "The recipient's server does not want this mail: by its rules, the content or the sender's reputation.",
    advice: "Look at the server's answer, which often has a link.",
  },
  "7.2": { reason: "Only members may send to this list.", advice: "Join the list, or ask its owner." },
  "7.8": { reason: "The server wants the sender to sign in.", advice: "Check the relay's user name and password." },
  "7.20": { reason: "No DKIM signature of the mail holds.", advice: checkSetup },
  "7.21": { reason: "No DKIM signature of the mail is one that the server takes.", advice: checkSetup },
  "7.22": { reason: "No DKIM signature is by the domain in the From header.", advice: checkSetup },
  "7.23": { reason: "The domain's SPF record does not allow this server to send for it.", advice: checkSetup },
  "7.24": { reason: "The domain's SPF record can't be read.", advice: checkSetup },
  "7.25": {
    reason: "The server's IP address has no name in the DNS, or one that does not lead back.",
    advice: checkSetup,
  },
  "7.26": { reason: "Neither SPF nor DKIM nor DMARC say that the mail is real.", advice: checkSetup },
  "7.27": { reason: "The sender's domain takes no mail: it can't be answered.", advice: checkSetup },
  "7.28": { reason: "The server gets more mail than it wants from this sender.", advice: "Send slower." },
};

/** By the first number after the class: what the trouble is about. */
const bySubject: Readonly<Record<string, BounceReason>> = {
  "1": { reason: "Something is wrong with the address.", advice: "Look for a mistake in the address." },
  "2": { reason: "Something is wrong with the mailbox.", advice: laterMail },
  "3": { reason: "Something is wrong with the recipient's server.", advice: laterMail },
  "4": { reason: "Something went wrong on the way to the recipient's server.", advice: laterMail },
  "5": { reason: "The servers did not understand each other.", advice: "Look at the server's answer." },
  "6": { reason: "The server does not take the mail's content.", advice: "Look at how the mail is made." },
  "7": {
    reason: "The recipient's server does not want this mail, by its rules.",
    advice: "Look at the server's answer.",
  },
};

const byType: Readonly<Record<BouncedMail["bounceType"], BounceReason>> = {
  Permanent: { reason: "The recipient's server refused the mail for good.", advice: removeAddress },
  Transient: { reason: "The mail could not be delivered this time.", advice: laterMail },
  Undetermined: {
    reason: "The mail came back, and the answer does not say why.",
    advice: "Look at the server's answer.",
  },
};

/** Why a mail came back. */
export function bounceReason({ bounceType, bounceSubType, status = "" }: BouncedMail): BounceReason {
  const [, subject = "", detail = ""] = /^[245]\.(\d{1,3})\.(\d{1,3})$/.exec(status) ?? [];
  return (
    own(bySubType, bounceSubType) ??
    own(byStatus, `${subject}.${detail}`) ??
    own(bySubject, subject) ??
    byType[bounceType]
  );
}

/** Names come with mail from anywhere: `constructor` is none of the table's. */
function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
