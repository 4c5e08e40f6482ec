/** Finds the sender of a target, as its settings are at the moment. */
import { selectDestinationOfAnyScope, selectIdentityTopic } from "../stores/postgres/all-subscriptions.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { parseTarget, webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhookOfAnyScope } from "../stores/postgres/webhooks.ts";
import type { AwsSenders, Undeliverable } from "./aws/aws-senders.ts";
import type { TargetState } from "./publisher.ts";
import type { Sender } from "./sender.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";
import type { WebhookSender } from "./webhooks/webhook-sender.ts";

export interface TargetSenders {
  database: Queryable;
  aws: AwsSenders;
  webhookSender: WebhookSender;
  /** The webhook of the scope with this topic ARN; undefined if it isn't one of a webhook. */
  webhookByArn: (scope: number, topicArn: string) => Promise<StoredWebhook | undefined>;
  /** The event bus that gets events about all accounts. */
  eventBus: string | undefined;
  /** The account and region of a scope. */
  scopeOf: (scope: number) => Promise<Scope>;
}

export function createTargetSenders(services: TargetSenders): (target: string) => Promise<TargetState> {
  const { database, aws, webhookSender, webhookByArn, eventBus, scopeOf } = services;

  return async (target) => {
    const named = parseTarget(target);
    switch (named?.kind) {
      case "destination":
        return destination(named.id);
      case "webhook": {
        const webhook = await selectWebhookOfAnyScope(database, named.id);
        return webhook ? toWebhook(webhook) : { state: "gone" };
      }
      case "identity": {
        const topicArn = await selectIdentityTopic(database, named);
        if (topicArn === undefined) return { state: "gone" };
        const webhook = await webhookByArn(named.scope, topicArn);
        return webhook ? byTopic(webhook, "notifications") : sendTo(aws.forNotifications(topicArn));
      }
      case "bus":
        if (eventBus === undefined) return { state: "gone" };
        return sendTo(
          aws.forDestination({ EventBridgeDestination: { EventBusArn: eventBus } }, await scopeOf(named.scope)),
        );
      case undefined:
        return { state: "gone" };
    }
  };

  async function destination(id: string): Promise<TargetState> {
    const found = await selectDestinationOfAnyScope(database, id);
    if (!found) return { state: "gone" };
    if (!found.enabled) return { state: "held" };
    const topicArn = "SnsDestination" in found.target ? found.target.SnsDestination?.TopicArn : undefined;
    const webhook = topicArn === undefined ? undefined : await webhookByArn(found.scope, topicArn);
    if (webhook) return byTopic(webhook, "events");
    return sendTo(aws.forDestination(found.target, await scopeOf(found.scope)));
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
