/** Finds the topic for the notifications of a mail (SES's SetIdentityNotificationTopic). */
import type {
  IdentityNotifications,
  NotificationTopics,
  NotificationType,
} from "../stores/postgres/identity-notifications.ts";
import { domainOf, identityCandidates, nearestNames } from "./identity-name.ts";

/** Who sent a mail. */
export interface NotifiedSender {
  /** The sender's address. */
  readonly source: string;
  /** The identity under which the mail was sent: the address, its domain or a domain above it. */
  readonly identity: string;
}

/** A topic, with the identity that it is set for. */
export type NotificationTopic = NonNullable<NotificationTopics[NotificationType]> & { readonly identity: string };

/**
 * The topic for a type of notification; undefined if there is none. The sender's address comes first; an address without
 * a topic of this type inherits its domain's, with the domain's choice of headers. A domain inherits nothing: if it has
 * an identity of its own, its mail is not notified to a domain above it.
 */
export function notificationTopicOf(
  notifications: IdentityNotifications,
  { source, identity }: NotifiedSender,
  type: NotificationType,
): NotificationTopic | undefined {
  if (notifications.size === 0) return undefined;
  const [address] = identityCandidates(source);
  const above = identity.includes("@") ? nearestNames(domainOf(identity)) : [identity];
  for (const name of new Set([address ?? identity, identity, ...above])) {
    const topic = notifications.get(name)?.[type];
    if (topic) return { ...topic, identity: name };
  }
  return undefined;
}
