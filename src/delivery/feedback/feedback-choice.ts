/** Decides whether bounces and complaints of a sender's mail are forwarded. */

import type { SigningIdentity } from "../../identities/signing-identity.ts";
import type { FeedbackSender } from "./forward-feedback.ts";

export interface FeedbackChoiceServices {
  /** The sending identity of a scope; undefined if it does not exist. */
  readonly signingIdentity: (
    scope: number,
    name: string,
  ) => Promise<Pick<SigningIdentity, "feedbackForwarding"> | undefined>;
  /** Who wants events of a scope. */
  readonly subscriptions: (scope: number) => Promise<FeedbackSubscriptions>;
}

/** Who is told of events: event destinations and webhooks, and topics of identities. */
export interface FeedbackSubscriptions {
  readonly list: readonly EventFilter[];
  readonly notifications: {
    of(type: "BOUNCE" | "COMPLAINT", sender: { source: string; identity: string }): object | undefined;
  };
}

/**
 * Creates the choice. As in SES, a sender who has disabled forwarding still gets bounces and complaints by mail if
 * nothing else tells of them. If nobody has proved ownership of the sender, they would reach strangers.
 */
export function createFeedbackChoice({ signingIdentity, subscriptions }: FeedbackChoiceServices) {
  return async (sender: FeedbackSender): Promise<boolean> => {
    const owner = sender.identityScope ?? sender.scope;
    const forwarding = (await signingIdentity(owner, sender.identity))?.feedbackForwarding ?? "unproven";
    if (forwarding !== "disabled") return forwarding === "enabled";
    const { list } = await subscriptions(sender.scope);
    return !isToldElsewhere(sender, { list, notifications: (await subscriptions(owner)).notifications });
  };
}

/** An event destination or a webhook: the configuration set whose mail it is told of (undefined: all), and the types. */
export interface EventFilter {
  readonly configurationSet: string | undefined;
  readonly types: ReadonlySet<string>;
}

/**
 * Whether something else than mail tells of bounces and complaints: an event destination of the configuration set, a
 * webhook or a topic of the identity for bounces, and one for complaints.
 * @param list those of the sender's scope
 * @param notifications those of the identity's scope
 */
export function isToldElsewhere(
  { identity, configurationSet }: Omit<FeedbackSender, "scope">,
  { list, notifications }: FeedbackSubscriptions,
): boolean {
  const own = list.filter(
    (filter) => filter.configurationSet === undefined || filter.configurationSet === configurationSet,
  );
  return (["BOUNCE", "COMPLAINT"] as const).every(
    (type) =>
      own.some(({ types }) => types.has(type)) || notifications.of(type, { source: identity, identity }) !== undefined,
  );
}
