/** What a target wants, for a replay. */
import type { Queryable } from "../stores/postgres/database.ts";
import { destinationTarget, parseTarget } from "../stores/postgres/target-name.ts";
import { selectWebhook } from "../stores/postgres/webhooks.ts";
import type { SubscriptionSource } from "./subscription-source.ts";
import type { EventFilter } from "./subscriptions.ts";

export interface ReplayFilterServices {
  subscriptions: Pick<SubscriptionSource, "current" | "destinations">;
  /** The topic ARN of the webhook with this name. */
  topicArnOf: (name: string) => string;
  database: Queryable;
}

/**
 * Returns a function that finds what a target wants: its own subscription and, for a webhook, those of the event
 * destinations that lead to it.
 */
export function createReplayFilters({ subscriptions, topicArnOf, database }: ReplayFilterServices) {
  return async (target: string): Promise<EventFilter[]> => {
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
