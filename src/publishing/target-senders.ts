/** Finds the sender of a target, as its settings are at the moment. */
import { type Queryable, queryableInScope } from "../stores/postgres/database.ts";
import { selectEventDestinationById } from "../stores/postgres/event-destinations.ts";
import { selectIdentityFeedback } from "../stores/postgres/identity-notifications.ts";
import { parseTarget, webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhook } from "../stores/postgres/webhooks.ts";
import type { AwsSenders, Undeliverable } from "./aws/aws-senders.ts";
import type { TargetState } from "./publisher.ts";
import type { Sender } from "./sender.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";
import type { WebhookSender } from "./webhooks/webhook-sender.ts";

export interface TargetSenders {
  database: Queryable;
  aws: AwsSenders;
  webhookSender: WebhookSender;
  /** The webhook with this topic ARN; undefined if it isn't one of a webhook. */
  webhookByArn: (topicArn: string) => Promise<StoredWebhook | undefined>;
  /** The event bus that gets events about the account. */
  eventBus: string | undefined;
}

export function createTargetSenders(services: TargetSenders): (target: string) => Promise<TargetState> {
  const { database, aws, webhookSender, webhookByArn, eventBus } = services;

  return async (target) => {
    const named = parseTarget(target);
    switch (named?.kind) {
      case "destination":
        return destination(named.id);
      case "webhook": {
        const webhook = await selectWebhook(database, named.id);
        return webhook ? toWebhook(webhook) : { state: "gone" };
      }
      case "identity": {
        const feedback = await selectIdentityFeedback(queryableInScope(database, named.scope), named.identity);
        const topicArn = feedback?.notifications[named.type].topicArn;
        if (topicArn === undefined) return { state: "gone" };
        const webhook = await webhookByArn(topicArn);
        return webhook ? byTopic(webhook, "notifications") : sendTo(aws.forNotifications(topicArn));
      }
      case "bus":
        if (eventBus === undefined) return { state: "gone" };
        return sendTo(aws.forDestination({ EventBridgeDestination: { EventBusArn: eventBus } }));
      case undefined:
        return { state: "gone" };
    }
  };

  async function destination(id: string): Promise<TargetState> {
    const found = await selectEventDestinationById(database, id);
    if (!found) return { state: "gone" };
    if (!found.enabled) return { state: "held" };
    const topicArn = "SnsDestination" in found.target ? found.target.SnsDestination?.TopicArn : undefined;
    const webhook = topicArn === undefined ? undefined : await webhookByArn(topicArn);
    return webhook ? byTopic(webhook, "events") : sendTo(aws.forDestination(found.target));
  }

  function toWebhook(webhook: StoredWebhook): TargetState {
    return publishingObstacle(webhook) === undefined
      ? { state: "open", sender: webhookSender(webhook) }
      : { state: "held" };
  }

  function byTopic(webhook: StoredWebhook, sent: "events" | "notifications"): TargetState {
    return publishingObstacle(webhook) === undefined
      ? { state: "open", sender: webhookSender(webhook, sent), countsFor: webhookTarget(webhook.id) }
      : { state: "held" };
  }
}

function sendTo(sender: Sender | Undeliverable): TargetState {
  return "undeliverable" in sender ? { state: "gone" } : { state: "open", sender };
}
