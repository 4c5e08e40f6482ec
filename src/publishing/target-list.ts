/** Lists the targets of publishing, with what keeps events from them. */
import type { DestinationService, TargetDescription } from "../admin-api/publishing.ts";
import {
  selectDestinationsToList,
  selectIdentityNotificationsOfAllScopes,
} from "../stores/postgres/all-subscriptions.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import type { ListedDestination } from "../stores/postgres/event-destinations.ts";
import { notificationTypes } from "../stores/postgres/identity-notifications.ts";
import { type Scope, selectScope, selectScopes } from "../stores/postgres/scopes.ts";
import { busTarget, destinationTarget, identityTarget, webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooks, selectWebhooksOfAllScopes } from "../stores/postgres/webhooks.ts";
import type { AwsSenders } from "./aws/aws-senders.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";
import type { Topics } from "./webhooks/topic.ts";

export interface ListedTarget {
  readonly scope: number;
  /** Its name in publication_batches and publication_targets. */
  readonly target: string;
  readonly description: TargetDescription;
  readonly enabled: boolean;
  /** Why no events are sent at present: a sentence for people; undefined if they are. */
  readonly obstacle: string | undefined;
}

export interface TargetListServices {
  database: Database;
  aws: Pick<AwsSenders, "forDestination" | "forNotifications">;
  topics: Pick<Topics, "topicArn">;
  /** The event bus that gets events about all accounts. */
  eventBus: string | undefined;
}

/** Lists the targets of a scope, or of all scopes. */
export type TargetList = (scope: number | undefined) => Promise<ListedTarget[]>;

/** Returns a function that lists event destinations, webhooks, topics of identities and the event bus, in this order. */
export function createTargetList(services: TargetListServices): TargetList {
  const { database, aws, topics, eventBus } = services;

  return async (scope) => {
    const scopes = await scopesOf(scope);
    const byId = new Map(scopes.map((one) => [one.id, one]));
    const webhooks = await (scope === undefined
      ? selectWebhooksOfAllScopes(database)
      : selectWebhooks(inScope(database, scope)));
    const byArn = new Map(webhooks.map((webhook) => [topics.topicArn(webhook), webhook]));
    const webhookOf = (owner: number, topicArn: string | undefined) => {
      const webhook = topicArn === undefined ? undefined : byArn.get(topicArn);
      // A topic of another scope takes no events of this one.
      return webhook?.scope === owner ? webhook : undefined;
    };
    const listed: ListedTarget[] = [];
    for (const one of await selectDestinationsToList(database, scope)) {
      const owner = byId.get(one.scope);
      if (owner) listed.push(listedDestination(one, owner, webhookOf(one.scope, arnOf(one).arn)));
    }
    listed.push(...webhooks.map(listedWebhook));
    const notifications = await selectIdentityNotificationsOfAllScopes(database);
    for (const { id } of scopes) {
      for (const [identity, byType] of notifications.get(id) ?? []) {
        for (const type of notificationTypes) {
          const arn = byType[type]?.topicArn;
          if (arn === undefined) continue;
          const webhook = webhookOf(id, arn);
          const named = webhook && { webhook: webhook.name };
          const obstacle = webhook ? publishingObstacle(webhook) : undeliverable(aws.forNotifications(arn));
          const description = { kind: "identity", identity, notificationType: type, arn, ...named } as const;
          listed.push({ scope: id, target: identityTarget(id, identity, type), description, enabled: true, obstacle });
        }
      }
    }
    return [...listed, ...scopes.flatMap(listedBus)];
  };

  async function scopesOf(scope: number | undefined): Promise<Scope[]> {
    if (scope === undefined) return selectScopes(database);
    const found = await selectScope(database, scope);
    return found ? [found] : [];
  }

  function listedDestination(
    destination: ListedDestination,
    owner: Scope,
    webhook: StoredWebhook | undefined,
  ): ListedTarget {
    const { id, configurationSet, name, enabled } = destination;
    const description: TargetDescription = {
      kind: "eventDestination",
      configurationSet,
      eventDestination: name,
      ...arnOf(destination),
      ...(webhook && { webhook: webhook.name }),
    };
    const obstacle = obstacleOf(destination, owner, webhook);
    return { scope: owner.id, target: destinationTarget(id), description, enabled, obstacle };
  }

  function obstacleOf(
    { enabled, target }: ListedDestination,
    owner: Scope,
    webhook: StoredWebhook | undefined,
  ): string | undefined {
    const lasting = webhook ? undefined : undeliverable(aws.forDestination(target ?? {}, owner));
    if (lasting !== undefined) return lasting;
    if (!enabled) return "The event destination is disabled.";
    return webhook && publishingObstacle(webhook);
  }

  function listedBus(owner: Scope): ListedTarget[] {
    if (eventBus === undefined) return [];
    const obstacle = undeliverable(aws.forDestination({ EventBridgeDestination: { EventBusArn: eventBus } }, owner));
    const description = { kind: "eventBus", arn: eventBus } as const;
    return [{ scope: owner.id, target: busTarget(owner.id), description, enabled: true, obstacle }];
  }
}

function listedWebhook(webhook: StoredWebhook): ListedTarget {
  const { scope, id, name, url, enabled } = webhook;
  const description = { kind: "webhook", id, name, url } as const;
  return { scope, target: webhookTarget(id), description, enabled, obstacle: publishingObstacle(webhook) };
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
