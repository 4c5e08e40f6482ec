/** What a recipient chooses, and what their subscription is then. */
import type { SubscriptionStatus, Topic } from "@aws-sdk/client-sesv2";
import type { Subscription } from "../../stores/postgres/subscriptions.ts";

/** One choice of a recipient. */
export type SubscriptionChoice =
  /** No mail of a topic; undefined for none of the list. */
  | { readonly kind: "unsubscribe"; readonly topic: string | undefined }
  /** The list's mail again, as far as its topics are wanted. */
  | { readonly kind: "subscribe" }
  /** These topics of those that were shown. */
  | { readonly kind: "topics"; readonly shown: ReadonlySet<string>; readonly wanted: ReadonlySet<string> };

/** Whether mail of a topic is wanted, as far as the topic alone tells. */
export function topicStatus({ preferences }: Pick<Subscription, "preferences">, topic: Topic): SubscriptionStatus {
  const { TopicName: name = "", DefaultSubscriptionStatus: standard = "OPT_IN" } = topic;
  return ownPreference({ preferences }, name) ?? standard;
}

/** Only own properties: a topic may be called `constructor`. */
function ownPreference({ preferences }: Pick<Subscription, "preferences">, name: string) {
  return Object.hasOwn(preferences, name) ? preferences[name] : undefined;
}

/**
 * The subscription after the choice; the same object where nothing changes. What is chosen is written down also where it
 * is the topic's default: another default later must not undo it. Topics that the list does not have (any
 * more) are left out of account.
 */
export function choose(current: Subscription, choice: SubscriptionChoice): Subscription {
  switch (choice.kind) {
    case "unsubscribe": {
      const { topic } = choice;
      if (topic === undefined) return withChanges(current, true, new Map());
      return withChanges(current, current.unsubscribeAll, new Map([[topic, "OPT_OUT"]]));
    }
    case "subscribe":
      return withChanges(current, false, new Map());
    case "topics": {
      const { shown, wanted } = choice;
      const statuses = new Map(
        [...shown].map((name): [string, SubscriptionStatus] => [name, wanted.has(name) ? "OPT_IN" : "OPT_OUT"]),
      );
      const wantsSome = current.topics.some(({ TopicName = "" }) => shown.has(TopicName) && wanted.has(TopicName));
      return withChanges(current, current.unsubscribeAll && !wantsSome, statuses);
    }
  }
}

function withChanges(
  current: Subscription,
  unsubscribeAll: boolean,
  statuses: ReadonlyMap<string, SubscriptionStatus>,
): Subscription {
  const changes = current.topics.flatMap((topic): [string, SubscriptionStatus][] => {
    const { TopicName: name = "" } = topic;
    const status = statuses.get(name);
    return status === undefined || status === ownPreference(current, name) ? [] : [[name, status]];
  });
  if (unsubscribeAll === current.unsubscribeAll && changes.length === 0) return current;
  const preferences = Object.fromEntries([...Object.entries(current.preferences), ...changes]);
  return { ...current, unsubscribeAll, preferences };
}
