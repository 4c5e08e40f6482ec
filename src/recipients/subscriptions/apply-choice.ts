/** Applies a recipient's subscription choice. The change and its event are committed in one transaction. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Interest } from "../../events/commit.ts";
import type { TopicPreferences } from "../../events/event.ts";
import { sentAtOf } from "../../events/message-id.ts";
import { recordWithin } from "../../events/record-within.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { changeSubscription, type Subscription } from "../../stores/postgres/subscriptions.ts";
import { addressOfRecipient } from "../contacts/contact-address.ts";
import { choose, type SubscriptionChoice, topicStatus } from "./choice.ts";
import type { SubscriptionGrant } from "./subscription-links.ts";

/** The source of a choice: SES's name for the List-Unsubscribe link, and our own for the page (SES's is unknown). */
export type ChoiceSource = "UnsubscribeHeader" | "UnsubscribePage";

export interface ChoiceServices {
  database: Database;
  /** What targets of publishing want. */
  interest: () => Promise<Interest | undefined>;
  clock: () => Date;
}

/**
 * Changes the subscription of a link's recipient. A choice that changes nothing creates no event.
 * @returns the resulting subscription; undefined if the list no longer exists.
 */
export async function applyChoice(
  { database, interest: findInterest, clock }: ChoiceServices,
  { scope, messageId, recipient, list }: SubscriptionGrant,
  choice: SubscriptionChoice,
  source: ChoiceSource,
): Promise<Subscription | undefined> {
  const now = clock();
  const interest = await findInterest();
  return changeSubscription(
    inScope(database, scope),
    { list, address: addressOfRecipient(recipient) },
    now,
    async (transaction, current) => {
      const changed = choose(current, choice);
      const [oldTopicPreferences, newTopicPreferences] = [preferencesOf(current), preferencesOf(changed)];
      if (isDeepStrictEqual(oldTopicPreferences, newTopicPreferences)) return changed;
      const event = {
        id: randomUUID(),
        type: "SUBSCRIPTION" as const,
        scope,
        messageId,
        sentAt: sentAtOf(messageId),
        recipient,
        at: now,
        contactList: list,
        source,
        oldTopicPreferences,
        newTopicPreferences,
      };
      await recordWithin(transaction, [event], { now, interest });
      return changed;
    },
  );
}

function preferencesOf(subscription: Subscription): TopicPreferences {
  return {
    unsubscribeAll: subscription.unsubscribeAll,
    topicSubscriptionStatus: subscription.topics.map((topic) => ({
      topicName: topic.TopicName ?? "",
      subscriptionStatus: topicStatus(subscription, topic) === "OPT_IN" ? "OptIn" : "OptOut",
    })),
  };
}
