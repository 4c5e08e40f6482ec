/** Lists the targets of publishing, with what keeps events from them. */
import type { DestinationService, TargetDescription } from "../admin-api/publishing.ts";
import type { ScopedQueryable } from "../stores/postgres/database.ts";
import { type ListedDestination, selectListedDestinations } from "../stores/postgres/event-destinations.ts";
import { notificationTypes, selectIdentityNotifications } from "../stores/postgres/identity-notifications.ts";
import { busTarget, destinationTarget, identityTarget, webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooks } from "../stores/postgres/webhooks.ts";
import type { AwsSenders } from "./aws/aws-senders.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";
import type { Topics } from "./webhooks/topic.ts";

export interface ListedTarget {
  /** Its name in publication_batches and publication_targets. */
  readonly target: string;
  readonly description: TargetDescription;
  readonly enabled: boolean;
  /** Why no events are sent at present: a sentence for people; undefined if they are. */
  readonly obstacle: string | undefined;
}

export interface TargetListServices {
  database: ScopedQueryable;
  aws: Pick<AwsSenders, "forDestination" | "forNotifications">;
  topics: Pick<Topics, "nameOf">;
  /** The event bus that gets events about the account. */
  eventBus: string | undefined;
}

/** Returns a function that lists event destinations, webhooks, topics of identities and the event bus, in this order. */
export function createTargetList(services: TargetListServices): () => Promise<ListedTarget[]> {
  const { database, aws, topics, eventBus } = services;

  return async () => {
    const webhooks = await selectWebhooks(database);
    const byName = new Map(webhooks.map((webhook) => [webhook.name, webhook]));
    const webhookOf = (topicArn: string | undefined) => byName.get(topics.nameOf(topicArn ?? "") ?? "");
    const identities = await selectIdentityNotifications(database);
    return [
      ...(await selectListedDestinations(database)).map((one) => listedDestination(one, webhookOf(arnOf(one).arn))),
      ...webhooks.map(listedWebhook),
      ...[...identities].flatMap(([identity, byType]) =>
        notificationTypes.flatMap((type): ListedTarget[] => {
          const arn = byType[type]?.topicArn;
          if (arn === undefined) return [];
          const webhook = webhookOf(arn);
          const named = webhook && { webhook: webhook.name };
          const obstacle = webhook ? publishingObstacle(webhook) : undeliverable(aws.forNotifications(arn));
          const description = { kind: "identity", identity, notificationType: type, arn, ...named } as const;
          return [{ target: identityTarget(database.scope, identity, type), description, enabled: true, obstacle }];
        }),
      ),
      ...listedBus(),
    ];
  };

  function listedDestination(destination: ListedDestination, webhook: StoredWebhook | undefined): ListedTarget {
    const { id, configurationSet, name, enabled } = destination;
    const description: TargetDescription = {
      kind: "eventDestination",
      configurationSet,
      eventDestination: name,
      ...arnOf(destination),
      ...(webhook && { webhook: webhook.name }),
    };
    return { target: destinationTarget(id), description, enabled, obstacle: obstacleOf(destination, webhook) };
  }

  function obstacleOf({ enabled, target }: ListedDestination, webhook: StoredWebhook | undefined): string | undefined {
    const lasting = webhook ? undefined : undeliverable(aws.forDestination(target ?? {}));
    if (lasting !== undefined) return lasting;
    if (!enabled) return "The event destination is disabled.";
    return webhook && publishingObstacle(webhook);
  }

  function listedBus(): ListedTarget[] {
    if (eventBus === undefined) return [];
    const obstacle = undeliverable(aws.forDestination({ EventBridgeDestination: { EventBusArn: eventBus } }));
    return [{ target: busTarget, description: { kind: "eventBus", arn: eventBus }, enabled: true, obstacle }];
  }
}

function listedWebhook(webhook: StoredWebhook): ListedTarget {
  const { id, name, url, enabled } = webhook;
  const description = { kind: "webhook", id, name, url } as const;
  return { target: webhookTarget(id), description, enabled, obstacle: publishingObstacle(webhook) };
}

function arnOf({ target }: Pick<ListedDestination, "target">): { service: DestinationService; arn?: string } {
  if (target === undefined) return { service: "unknown" };
  if ("SnsDestination" in target) return { service: "SNS", arn: target.SnsDestination.TopicArn };
  if ("EventBridgeDestination" in target) {
    return { service: "EventBridge", arn: target.EventBridgeDestination.EventBusArn };
  }
  if ("KinesisFirehoseDestination" in target) {
    return { service: "Firehose", arn: target.KinesisFirehoseDestination.DeliveryStreamArn };
  }
  if ("PinpointDestination" in target) return { service: "Pinpoint", arn: target.PinpointDestination.ApplicationArn };
  return { service: "CloudWatch" };
}

function undeliverable(sender: ReturnType<AwsSenders["forDestination"]>): string | undefined {
  return "undeliverable" in sender ? sender.undeliverable : undefined;
}
