/** Reads who wants events: the settings that are at most a second old, and changes by this process at once. */
import { createExpiringCache } from "../common/expiring-cache.ts";
import { notificationTopicOf } from "../identities/notification-topics.ts";
import { defaultScope, type Queryable } from "../stores/postgres/database.ts";
import type { DestinationSubscription, EventTarget } from "../stores/postgres/event-destinations.ts";
import type { IdentityNotifications } from "../stores/postgres/identity-notifications.ts";
import { busTarget, destinationTarget, identityTarget, webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooks } from "../stores/postgres/webhooks.ts";
import { isPublishedType, type PublishedType } from "./published-event.ts";
import { notificationNames } from "./ses-event/event-names.ts";
import type { NotificationTopics, Subscription, Subscriptions } from "./subscriptions.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";

export interface SubscriptionSource {
  /** At most a second old; the same object until the settings are read again. */
  current(): Promise<Subscriptions>;
  /** The enabled event destinations of all configuration sets. */
  destinations(): Promise<readonly DestinationSubscription[]>;
  /** Reads webhooks again, after a change. */
  webhooksChanged(): void;
}

/** Cached settings: each returns the same object until it is read again. */
export interface PublishingSettings {
  /** The enabled event destinations of all configuration sets. */
  eventDestinations(): Promise<readonly DestinationSubscription[]>;
  /** The notification topics of all identities. */
  identityNotifications(): Promise<IdentityNotifications>;
}

export interface SubscriptionSourceServices {
  database: Queryable;
  settings: PublishingSettings;
  /** The event bus that gets events about the account. */
  eventBus: string | undefined;
  clock: () => Date;
}

const lifetimeMs = 1_000;

export function createSubscriptionSource(services: SubscriptionSourceServices): SubscriptionSource {
  const { database, settings, eventBus, clock } = services;
  const webhooks = createExpiringCache({
    load: () => selectWebhooks(database),
    lifetime: lifetimeMs,
    capacity: 1,
    clock,
  });
  let last:
    | {
        destinations: readonly DestinationSubscription[];
        notifications: IdentityNotifications;
        hooks: readonly StoredWebhook[];
        made: Subscriptions;
      }
    | undefined;

  return {
    async current() {
      const [destinations, notifications, hooks] = await Promise.all([
        settings.eventDestinations(),
        settings.identityNotifications(),
        webhooks.get(""),
      ]);
      if (last?.destinations !== destinations || last.notifications !== notifications || last.hooks !== hooks) {
        const list = [...destinationsOf(destinations), ...webhooksOf(hooks), ...busOf(eventBus)];
        last = { destinations, notifications, hooks, made: { list, notifications: topicsOf(notifications) } };
      }
      return last.made;
    },
    destinations: settings.eventDestinations,
    webhooksChanged: () => webhooks.clear(),
  };
}

/** Destinations that nothing can be delivered to get no events. */
function destinationsOf(destinations: readonly DestinationSubscription[]): Subscription[] {
  return destinations.flatMap(({ id, scope, configurationSet, eventTypes, target }) => {
    if (target === undefined || "PinpointDestination" in target) return [];
    return [
      {
        target: destinationTarget(id),
        scope,
        configurationSet,
        types: new Set<PublishedType>(eventTypes),
        byMinute: isByMinute(target),
      },
    ];
  });
}

/** CloudWatch gets counts by minute. */
function isByMinute(target: EventTarget): boolean {
  return "CloudWatchDestination" in target;
}

function webhooksOf(webhooks: readonly StoredWebhook[]): Subscription[] {
  return webhooks
    .filter((webhook) => webhook.eventTypes.length > 0 && publishingObstacle(webhook) === undefined)
    .map(({ id, configurationSet, eventTypes }) => ({
      target: webhookTarget(id),
      scope: defaultScope,
      configurationSet: configurationSet ?? undefined,
      types: new Set(eventTypes.filter(isPublishedType)),
      byMinute: false,
    }));
}

function busOf(eventBus: string | undefined): Subscription[] {
  if (eventBus === undefined) return [];
  const types = new Set<PublishedType>(["SENDING_PAUSED", "SENDING_RESUMED"]);
  return [{ target: busTarget, scope: defaultScope, configurationSet: undefined, types, byMinute: false }];
}

function topicsOf(notifications: IdentityNotifications): NotificationTopics {
  return {
    isEmpty: notifications.size === 0,
    of(type, sender) {
      const topic = notificationTopicOf(notifications, sender, notificationNames[type]);
      return (
        topic && {
          target: identityTarget(defaultScope, topic.identity, notificationNames[type]),
          headers: topic.headers === true,
        }
      );
    },
  };
}
