/** What a target wants, for a replay. */
import type { Queryable } from "../stores/postgres/database.ts";
import { destinationTarget } from "../stores/postgres/event-destinations.ts";
import { selectWebhook } from "../stores/postgres/webhooks.ts";
import type { SubscriptionSource } from "./subscription-source.ts";
import type { Subscription } from "./subscriptions.ts";
import { parseTarget } from "./target-name.ts";

export type Wish = Pick<Subscription, "configurationSet" | "types">;

export interface WishServices {
  subscriptions: Pick<SubscriptionSource, "current" | "destinations">;
  /** The topic ARN of the webhook with this name. */
  topicArnOf: (name: string) => string;
  database: Queryable;
}

/** A target's own subscription and, for a webhook, those of the event destinations that lead to it. */
export function createWishes({ subscriptions, topicArnOf, database }: WishServices) {
  return async (target: string): Promise<Wish[]> => {
    const { list } = await subscriptions.current();
    const wanted = new Set([target]);
    const named = parseTarget(target);
    const webhook = named?.kind === "webhook" ? await selectWebhook(database, named.id) : undefined;
    if (webhook) {
      const topicArn = topicArnOf(webhook.name);
      for (const { id, target: destination } of await subscriptions.destinations()) {
        if (!destination || !("SnsDestination" in destination)) continue;
        if (destination.SnsDestination?.TopicArn === topicArn) wanted.add(destinationTarget(id));
      }
    }
    return list.filter((one) => wanted.has(one.target));
  };
}
