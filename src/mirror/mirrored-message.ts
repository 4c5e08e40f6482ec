/** Reads the member `mail` of SES's events, which describes the message. */
import type { MessageFacts } from "../events/event.ts";
import { tagsIn } from "../events/recorded-details.ts";
import { hasFeedbackLoop, ispOf } from "../mail/isp.ts";
import { isSimulatedAddress } from "../mail/simulator.ts";
import { addressOf, type Members, member, objects, text, texts, timeOf, without } from "./event-members.ts";
import { UnreadableEvent } from "./unreadable-event.ts";

export interface MirroredMessage {
  readonly messageId: string;
  readonly sentAt: Date;
  /** The sending account; undefined if the event doesn't name it. */
  readonly account: string | undefined;
  /** The region of the identity, from which the mail was sent; undefined if the event doesn't name it. */
  readonly region: string | undefined;
  readonly source: string;
  readonly identity: string;
  readonly subject: string | undefined;
  readonly configurationSet: string | undefined;
  readonly tenant: string | undefined;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly destination: readonly string[];
  /** The addresses of `destination` by their lowercase form, since other members may differ in case. */
  readonly recipients: ReadonlyMap<string, string>;
  /** The members that are not read, such as `commonHeaders`; undefined if there are none. */
  readonly unread: Members | undefined;
}

/** SES's own IDs have 60 characters. */
const messageIdForm = /^[\x21-\x7e]{1,200}$/;
/** SES accepts 50. Each recipient becomes a row. */
const mostRecipients = 1_000;
const arnForm = /^arn:aws[a-z-]*:ses:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):identity\/(.+)$/;
const accountForm = /^\d{12}$/;
/** The members that are read, and long ones whose content is known from elsewhere. */
const readMembers = new Set([
  "timestamp",
  "messageId",
  "source",
  "sourceArn",
  "sendingAccountId",
  "destination",
  "tags",
  "headers",
  "headersTruncated",
]);

/** @throws UnreadableEvent */
export function messageOf(mail: Members): MirroredMessage {
  const messageId = text(mail.messageId) ?? "";
  if (!messageIdForm.test(messageId)) throw new UnreadableEvent("It has no message ID.");
  const sentAt = timeOf(mail.timestamp);
  if (!sentAt) throw new UnreadableEvent("Its mail.timestamp is not a time.");
  const destination = texts(mail.destination).map(addressOf);
  if (destination.length > mostRecipients) throw new UnreadableEvent(`It has more than ${mostRecipients} recipients.`);
  const [, region, owner, identity] = arnForm.exec(text(mail.sourceArn) ?? "") ?? [];
  const account = text(mail.sendingAccountId) ?? owner;
  if (account !== undefined && !accountForm.test(account)) {
    throw new UnreadableEvent("Its mail.sendingAccountId is not an account ID.");
  }
  const source = addressOf(text(mail.source) ?? "");
  const tags = tagsIn(mail.tags) ?? {};
  return {
    messageId,
    sentAt,
    account,
    region,
    source,
    identity: identity ?? source.slice(source.lastIndexOf("@") + 1).toLowerCase(),
    subject: subjectOf(mail),
    // Stored in PostgreSQL, whose text type can't contain NUL.
    configurationSet: text(tags["ses:configuration-set"]?.[0])?.replaceAll("\0", "\ufffd"),
    tenant: text(tags["ses:tenant-name"]?.[0]),
    tags,
    destination,
    recipients: new Map(destination.map((address) => [address.toLowerCase(), address])),
    // A getter, since only one type of event needs it.
    get unread() {
      return without(mail, readMembers);
    },
  };
}

function subjectOf(mail: Members): string | undefined {
  const common = text(member(mail, "commonHeaders").subject);
  if (common !== undefined) return common;
  const field = objects(mail.headers).find(({ name }) => text(name)?.toLowerCase() === "subject");
  return text(field?.value);
}

/** The facts about the message and one recipient ('' if unknown) that are recorded with events of any type. */
export function factsOf(
  message: MirroredMessage,
  recipient: string,
  { openTracked, clickTracked }: { openTracked: boolean; clickTracked: boolean },
): MessageFacts {
  const { source, subject, identity, configurationSet, tenant, tags, destination } = message;
  const isp = recipient === "" ? "" : ispOf(recipient.slice(recipient.lastIndexOf("@") + 1).toLowerCase());
  return {
    source,
    subject,
    isp,
    identity,
    configurationSet,
    tenant,
    tags,
    destination,
    // SES's events don't include the mail.
    location: undefined,
    inSesScope: destination.length === 1 && !isSimulatedAddress(recipient),
    feedbackLoop: hasFeedbackLoop(isp),
    openTracked,
    clickTracked,
  };
}
