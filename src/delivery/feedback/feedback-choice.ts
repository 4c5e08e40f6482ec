/** Decides whether bounces and complaints of a sender's mail are forwarded. */

import { notificationTopicOf } from "../../identities/notification-topics.ts";
import type { SigningIdentity } from "../../identities/signing-identity.ts";
import type { IdentityNotifications } from "../../stores/postgres/identity-notifications.ts";
import type { FeedbackSender } from "./forward-feedback.ts";

export interface FeedbackChoiceServices {
  /** The sending identity of a scope; undefined if it does not exist. */
  signingIdentity(scope: number, name: string): Promise<Pick<SigningIdentity, "feedbackForwarding"> | undefined>;
  /** The notification topics of a scope's identities. */
  identityNotifications(scope: number): Promise<IdentityNotifications>;
  /** Who wants events, in any scope. */
  subscriptions(): Promise<{ readonly list: readonly EventFilter[] }>;
}

/**
 * Creates the choice. As in SES, a sender who has disabled forwarding still gets bounces and complaints by mail if
 * nothing else tells of them. If nobody has proved ownership of the sender, they would reach strangers.
 */
export function createFeedbackChoice(services: FeedbackChoiceServices) {
  const { signingIdentity, identityNotifications, subscriptions } = services;
  return async (sender: FeedbackSender): Promise<boolean> => {
    const forwarding = (await signingIdentity(sender.scope, sender.identity))?.feedbackForwarding ?? "unproven";
    if (forwarding !== "disabled") return forwarding === "enabled";
    const { list } = await subscriptions();
    return !isToldElsewhere(sender, list, await identityNotifications(sender.scope));
  };
}

const wanted = [
  { event: "BOUNCE", notification: "Bounce" },
  { event: "COMPLAINT", notification: "Complaint" },
] as const;

/**
 * An event destination or a webhook: its scope, the configuration set whose mail it is told of (undefined: all of the
 * scope), and the types.
 */
export interface EventFilter {
  readonly scope: number;
  readonly configurationSet: string | undefined;
  readonly types: ReadonlySet<string>;
}

/**
 * Whether something else than mail tells of bounces and complaints: an event destination of the configuration set, a
 * webhook or a topic of the identity for bounces, and one for complaints.
 * @param notifications those of the sender's scope
 */
export function isToldElsewhere(
  { scope, identity, configurationSet }: FeedbackSender,
  filters: readonly EventFilter[],
  notifications: IdentityNotifications,
): boolean {
  const own = filters.filter(
    (filter) => filter.scope === scope && (filter.configurationSet ?? configurationSet) === configurationSet,
  );
  return wanted.every(
    ({ event, notification }) =>
      own.some(({ types }) => types.has(event)) ||
      notificationTopicOf(notifications, { source: identity, identity }, notification) !== undefined,
  );
}
