/** Renders the notifications of an identity (SetIdentityNotificationTopic), which don't need a configuration set. */
import { wellFormedJson } from "../../common/well-formed-json.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import { eventBody } from "./event-body.ts";
import { eventNames, isNotified, notificationNames } from "./event-names.ts";
import type { MailHeaders } from "./mail-headers.ts";
import { headerMembers, mailFacts } from "./mail-object.ts";
import type { SendingAccount } from "./sending-account.ts";

/** What the notifications of a message share, rendered once. */
export interface NotifiedMessage {
  /** The JSON of `mail`. */
  readonly mail: string;
  readonly hostname: string;
}

/**
 * Prepares a message for `renderNotification`. Its notifications have no tags.
 * @param headers "none": the identity's notifications don't include headers; undefined: they are unknown
 */
export function prepareNotifiedMessage(
  send: EventRow,
  headers: MailHeaders | undefined | "none",
  account: SendingAccount,
): NotifiedMessage {
  const facts = mailFacts(send, account, {
    sourceIp: send.tags?.["ses:source-ip"]?.[0],
    callerIdentity: send.tags?.["ses:caller-identity"]?.[0],
  });
  const shown = headers === "none" ? {} : headerMembers(send, headers, headers?.common.messageId ?? send.message_id);
  return { mail: wellFormedJson({ ...facts, ...shown }), hostname: account.hostname };
}

/**
 * Renders a notification as one line of JSON, without a line break.
 * @throws RangeError for events that identities are not notified of.
 */
export function renderNotification(event: EventRow, message: NotifiedMessage): string {
  const { type } = event;
  if (!isNotified(type)) throw new RangeError(`Identities are not notified of ${type} events.`);
  const { member, memberFirst } = eventNames[type];
  const mail = `"mail":${message.mail}`;
  const body = `"${member}":${wellFormedJson(eventBody(event, message.hostname))}`;
  return `{"notificationType":"${notificationNames[type]}",${memberFirst ? `${body},${mail}` : `${mail},${body}`}}`;
}
