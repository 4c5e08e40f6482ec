/** What a target wants, for a replay. */
import { type Database, inScope } from "../stores/postgres/database.ts";
import { destinationTarget, parseTarget } from "../stores/postgres/target-name.ts";
import { selectWebhook, type TopicName } from "../stores/postgres/webhooks.ts";
import type { ScopedTarget } from "./archive.ts";
import type { SubscriptionSource } from "./subscription-source.ts";
import type { EventFilter } from "./subscriptions.ts";

export interface ReplayFilterServices {
  subscriptions: Pick<SubscriptionSource, "current" | "destinations">;
  /** The topic ARN of a webhook. */
  topicArnOf: (webhook: TopicName) => string;
  database: Database;
}

/**
 * Returns a function that finds what a target wants: its own subscription and, for a webhook, those of the event
 * destinations that lead to it.
 */
export function createReplayFilters({ subscriptions, topicArnOf, database }: ReplayFilterServices) {
  return async ({ scope, target }: ScopedTarget): Promise<EventFilter[]> => {
    const { list } = (await subscriptions.current()).of(scope);
    const wanted = new Set([target]);
    const named = parseTarget(target);
    const webhook = named?.kind === "webhook" ? await selectWebhook(inScope(database, scope), named.id) : undefined;
    if (webhook) {
      const topicArn = topicArnOf(webhook);
      for (const { id, target: destination } of await subscriptions.destinations()) {
        if (!destination || !("SnsDestination" in destination)) continue;
        if (destination.SnsDestination?.TopicArn === topicArn) wanted.add(destinationTarget(id));
      }
    }
    return list.filter((one) => wanted.has(one.target));
  };
}
