/** Messages of the inbox with their content, as the test endpoints of other tools show them. */
import { asGiven } from "../../events/given-content.ts";
import type { InboxContent } from "../../inbox/inbox-content.ts";
import type { InboxMessage } from "../../inbox/inbox-message.ts";

export interface ReadMail {
  readonly message: InboxMessage;
  readonly content: InboxContent;
  /** The MIME as it was accepted. */
  readonly raw: Buffer;
}

/** Whether the client sent MIME. */
export function isRaw(message: InboxMessage): boolean {
  const operation = operationOf(message);
  return message.given?.raw !== undefined || operation === "SendRawEmail" || operation === "SendSmtpEmail";
}

/** The sender as the client wrote it, as far as the mail and the request tell. */
export function sourceOf({ message, content }: Pick<ReadMail, "message" | "content">): string {
  const [from = { name: "", address: message.sender }] = content.from;
  return message.given?.raw?.source ?? mailboxText(from);
}

/** The MIME as the client wrote it, as far as it was recorded. */
export function rawText({ message, raw }: Pick<ReadMail, "message" | "raw">): string {
  return (message.given?.raw ? asGiven(raw, message.given.raw) : raw).toString("utf8");
}

/** The operation that sent the message, such as `SendEmail`. */
export function operationOf({ tags }: InboxMessage): string {
  return tags.find(({ name }) => name === "ses:operation")?.value ?? "";
}

export interface GivenDestination {
  readonly ToAddresses?: readonly string[] | undefined;
  readonly CcAddresses?: readonly string[] | undefined;
  readonly BccAddresses?: readonly string[] | undefined;
}

/** The recipients, only with the lists that are not empty. */
export function destinationOf({ message, content }: ReadMail): GivenDestination {
  return withoutEmpty({
    ToAddresses: content.to.map(mailboxText),
    CcAddresses: content.cc.map(mailboxText),
    BccAddresses: blindCopies({ message, content }).map(mailboxText),
  });
}

function withoutEmpty({ ToAddresses: to, CcAddresses: cc, BccAddresses: bcc }: GivenDestination): GivenDestination {
  return {
    ...(to?.length ? { ToAddresses: to } : {}),
    ...(cc?.length ? { CcAddresses: cc } : {}),
    ...(bcc?.length ? { BccAddresses: bcc } : {}),
  };
}

interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** The recipients that no header names, and those in a Bcc header. */
export function blindCopies({ message, content }: Pick<ReadMail, "message" | "content">): Mailbox[] {
  const named = new Set([...content.to, ...content.cc, ...content.bcc].map(({ address }) => address.toLowerCase()));
  const others = message.recipients.filter((address) => !named.has(address.toLowerCase()));
  return [...content.bcc, ...others.map((address) => ({ name: "", address }))];
}

/** Such as `Ada Berg <ada@example.com>`. */
export function mailboxText({ name, address }: Mailbox): string {
  if (name === "") return address;
  const written = /^[\p{L}\p{N} !#$%&'*+/=?^_`{|}~-]+$/u.test(name) ? name : JSON.stringify(name);
  return `${written} <${address}>`;
}
