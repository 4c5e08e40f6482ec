/** Reads who wants events: the settings that are at most a second old, and changes by this process at once. */
import { createExpiringCache } from "../common/expiring-cache.ts";
import { notificationTopicOf } from "../identities/notification-topics.ts";
import type { AccountSettings } from "../operations/account/settings.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { destinationTarget, type EventTarget } from "../stores/postgres/event-destinations.ts";
import type { IdentityNotifications, NotificationType } from "../stores/postgres/identity-notifications.ts";
import { type StoredWebhook, selectWebhooks, webhookTarget } from "../stores/postgres/webhooks.ts";
import { isPublishedType, type PublishedType } from "./published-event.ts";
import type { NotificationTopics, NotifiedType, Subscription, Subscriptions } from "./subscriptions.ts";
import { busTarget, identityTarget } from "./target-name.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";

export interface SubscriptionSource {
  /** The same object until a setting changes. */
  current(): Promise<Subscriptions>;
  /** The enabled event destinations of all configuration sets. */
  destinations(): Promise<Destinations>;
  /** Reads webhooks again, after a change. */
  webhooksChanged(): void;
}

export interface SubscriptionSourceServices {
  database: Queryable;
  settings: Pick<AccountSettings, "eventDestinations" | "identityNotifications">;
  /** The event bus that gets events about the account. */
  eventBus: string | undefined;
  clock: () => Date;
}

const lifetimeMs = 1_000;

type Destinations = Awaited<ReturnType<AccountSettings["eventDestinations"]>>;

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
        destinations: Destinations;
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
function destinationsOf(destinations: Destinations): Subscription[] {
  return destinations.flatMap(({ id, configurationSet, eventTypes, target }) => {
    if (target === undefined || "PinpointDestination" in target) return [];
    return [
      {
        target: destinationTarget(id),
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
      configurationSet: configurationSet ?? undefined,
      types: new Set(eventTypes.filter(isPublishedType)),
      byMinute: false,
    }));
}

function busOf(eventBus: string | undefined): Subscription[] {
  if (eventBus === undefined) return [];
  const types = new Set<PublishedType>(["SENDING_PAUSED", "SENDING_RESUMED"]);
  return [{ target: busTarget, configurationSet: undefined, types, byMinute: false }];
}

const notificationTypes: Readonly<Record<NotifiedType, NotificationType>> = {
  BOUNCE: "Bounce",
  COMPLAINT: "Complaint",
  DELIVERY: "Delivery",
};

function topicsOf(notifications: IdentityNotifications): NotificationTopics {
  return {
    isEmpty: notifications.size === 0,
    of(type, sender) {
      const topic = notificationTopicOf(notifications, sender, notificationTypes[type]);
      return (
        topic && { target: identityTarget(topic.identity, notificationTypes[type]), headers: topic.headers === true }
      );
    },
  };
}
