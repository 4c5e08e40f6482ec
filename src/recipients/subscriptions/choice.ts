/** A recipient's subscription choices and their effect. */
import type { SubscriptionStatus, Topic } from "@aws-sdk/client-sesv2";
import type { Subscription } from "../../stores/postgres/subscriptions.ts";

export type SubscriptionChoice =
  /** No more mail of a topic, or of the whole list if undefined. */
  | { readonly kind: "unsubscribe"; readonly topic: string | undefined }
  /** Mail of the list again, according to the topic preferences. */
  | { readonly kind: "subscribe" }
  /** The wanted topics among those that were shown. */
  | { readonly kind: "topics"; readonly shown: ReadonlySet<string>; readonly wanted: ReadonlySet<string> };

/** The status of a topic, regardless of `unsubscribeAll`. */
export function topicStatus({ preferences }: Pick<Subscription, "preferences">, topic: Topic): SubscriptionStatus {
  const { TopicName: name = "", DefaultSubscriptionStatus: standard = "OPT_IN" } = topic;
  return ownPreference({ preferences }, name) ?? standard;
}

/** Reads own properties only, because a topic may be called `constructor`. */
function ownPreference({ preferences }: Pick<Subscription, "preferences">, name: string) {
  return Object.hasOwn(preferences, name) ? preferences[name] : undefined;
}

/**
 * The subscription after the choice, or the same object if nothing changes. A choice is stored even if it equals the
 * topic's default, so that a later change of the default does not undo it. Topics that the list does not have (any
 * more) are ignored.
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
