/** Decides whether bounces and complaints of a sender's mail are forwarded. */

import { notificationTopicOf } from "../../identities/notification-topics.ts";
import type { SigningIdentity } from "../../identities/signing-identity.ts";
import type { Subscription } from "../../stores/postgres/event-destinations.ts";
import type { IdentityNotifications } from "../../stores/postgres/identity-notifications.ts";
import type { FeedbackSender } from "./forward-feedback.ts";

export interface FeedbackChoiceServices {
  /** The sending identity; undefined if it does not exist. */
  signingIdentity(name: string): Promise<Pick<SigningIdentity, "feedbackForwarding"> | undefined>;
  settings: {
    eventDestinations(): Promise<readonly Subscription[]>;
    identityNotifications(): Promise<IdentityNotifications>;
  };
}

/**
 * Creates the choice. As in SES, a sender who has disabled forwarding still gets bounces and complaints by mail if
 * nothing else tells of them. If nobody has proved ownership of the sender, they would reach strangers.
 */
export function createFeedbackChoice({ signingIdentity, settings }: FeedbackChoiceServices) {
  return async (sender: FeedbackSender): Promise<boolean> => {
    const forwarding = (await signingIdentity(sender.identity))?.feedbackForwarding ?? "unproven";
    if (forwarding !== "disabled") return forwarding === "enabled";
    return !isToldElsewhere(sender, await settings.eventDestinations(), await settings.identityNotifications());
  };
}

const wanted = [
  { event: "BOUNCE", notification: "Bounce" },
  { event: "COMPLAINT", notification: "Complaint" },
] as const;

/**
 * Whether something else than mail tells of bounces and complaints: an event destination of the configuration set or a topic of the identity
 * for bounces, and one for complaints. Pinpoint does not count, because nothing is delivered there.
 */
export function isToldElsewhere(
  { identity, configurationSet }: FeedbackSender,
  subscriptions: readonly Pick<Subscription, "configurationSet" | "eventTypes" | "target">[],
  notifications: IdentityNotifications,
): boolean {
  const own = subscriptions.filter(
    ({ configurationSet: set, target }) => set === configurationSet && target && !("PinpointDestination" in target),
  );
  return wanted.every(
    ({ event, notification }) =>
      own.some(({ eventTypes }) => eventTypes.includes(event)) ||
      notificationTopicOf(notifications, { source: identity, identity }, notification) !== undefined,
  );
}
