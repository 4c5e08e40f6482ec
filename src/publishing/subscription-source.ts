/** Reads who wants events: the settings of all scopes, at most a second old, and changes by this process at once. */
import { createExpiringCache } from "../common/expiring-cache.ts";
import { notificationTopicOf } from "../identities/notification-topics.ts";
import {
  selectIdentityNotificationsOfAllScopes,
  selectSubscriptionsOfAllScopes,
} from "../stores/postgres/all-subscriptions.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import type { DestinationSubscription, EventTarget } from "../stores/postgres/event-destinations.ts";
import type { IdentityNotifications } from "../stores/postgres/identity-notifications.ts";
import { busTarget, destinationTarget, identityTarget, webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooksOfAllScopes } from "../stores/postgres/webhooks.ts";
import { isPublishedType, type PublishedType } from "./published-event.ts";
import { notificationNames } from "./ses-event/event-names.ts";
import type { AllSubscriptions, NotificationTopics, Subscription, Subscriptions } from "./subscriptions.ts";
import { publishingObstacle } from "./webhooks/obstacle.ts";

/** What may have changed. */
export type SubscriptionSetting = "destinations" | "notifications" | "webhooks";

export interface SubscriptionSource {
  /** At most a second old; the same object until the settings are read again. */
  current(): Promise<AllSubscriptions>;
  /** The enabled event destinations of all configuration sets of all scopes. */
  destinations(): Promise<readonly DestinationSubscription[]>;
  /** Reads settings again, after a change. */
  changed(what: SubscriptionSetting): void;
}

export interface SubscriptionSourceServices {
  database: Queryable;
  /** The event bus that gets events about all accounts. */
  eventBus: string | undefined;
  clock: () => Date;
}

/** What the event bus gets: the events that SES has, too. */
const busTypes = [
  "SENDING_PAUSED",
  "SENDING_RESUMED",
  "RATE_ALERT_OPENED",
  "RATE_ALERT_CLOSED",
  "RECOMMENDATION_OPENED",
  "RECOMMENDATION_FIXED",
] as const;

const lifetime = 1_000;

/** What subscriptions are made of. Each is the same object until it is read again. */
interface StoredSettings {
  readonly destinations: readonly DestinationSubscription[];
  readonly notifications: ReadonlyMap<number, IdentityNotifications>;
  readonly webhooks: readonly StoredWebhook[];
}

export function createSubscriptionSource({
  database,
  eventBus,
  clock,
}: SubscriptionSourceServices): SubscriptionSource {
  const bounds = { lifetime, capacity: 1, clock };
  const caches = {
    destinations: createExpiringCache({ ...bounds, load: () => selectSubscriptionsOfAllScopes(database) }),
    notifications: createExpiringCache({ ...bounds, load: () => selectIdentityNotificationsOfAllScopes(database) }),
    webhooks: createExpiringCache({ ...bounds, load: () => selectWebhooksOfAllScopes(database) }),
  };
  let last: (StoredSettings & { readonly made: AllSubscriptions }) | undefined;

  return {
    async current() {
      const [destinations, notifications, webhooks] = await Promise.all([
        caches.destinations.get(""),
        caches.notifications.get(""),
        caches.webhooks.get(""),
      ]);
      const isKnown =
        last?.destinations === destinations && last.notifications === notifications && last.webhooks === webhooks;
      if (!last || !isKnown) {
        const settings = { destinations, notifications, webhooks };
        last = { ...settings, made: subscriptionsOf(settings, eventBus) };
      }
      return last.made;
    },
    destinations: () => caches.destinations.get(""),
    changed: (what) => caches[what].clear(),
  };
}

function subscriptionsOf(
  { destinations, notifications, webhooks }: StoredSettings,
  eventBus: string | undefined,
): AllSubscriptions {
  const lists = Map.groupBy(
    [...destinations.flatMap(ofDestination), ...webhooks.flatMap(ofWebhook)],
    ({ scope }) => scope,
  );
  const made = new Map<number, Subscriptions>();
  return {
    of(scope) {
      let found = made.get(scope);
      if (!found) {
        const list = [...(lists.get(scope) ?? []), ...ofBus(scope, eventBus)];
        found = { list, notifications: notificationTopics(scope, notifications.get(scope) ?? new Map()) };
        made.set(scope, found);
      }
      return found;
    },
    isEmpty: lists.size === 0 && notifications.size === 0 && eventBus === undefined,
    byMinute: new Set([...lists.values()].flatMap((list) => list.flatMap((one) => (one.byMinute ? [one.target] : [])))),
  };
}

/** Destinations that nothing can be delivered to get no events. */
function ofDestination({ scope, id, configurationSet, eventTypes, target }: DestinationSubscription): Subscription[] {
  if (target === undefined || "PinpointDestination" in target) return [];
  const types = new Set<PublishedType>(eventTypes);
  return [{ scope, target: destinationTarget(id), configurationSet, types, byMinute: isByMinute(target) }];
}

/** CloudWatch gets counts by minute. */
function isByMinute(target: EventTarget): boolean {
  return "CloudWatchDestination" in target;
}

function ofWebhook(webhook: StoredWebhook): Subscription[] {
  const { scope, id, configurationSet, eventTypes } = webhook;
  if (eventTypes.length === 0 || publishingObstacle(webhook) !== undefined) return [];
  const types = new Set(eventTypes.filter(isPublishedType));
  return [
    { scope, target: webhookTarget(id), configurationSet: configurationSet ?? undefined, types, byMinute: false },
  ];
}

function ofBus(scope: number, eventBus: string | undefined): Subscription[] {
  if (eventBus === undefined) return [];
  const types = new Set<PublishedType>(busTypes);
  return [{ scope, target: busTarget(scope), configurationSet: undefined, types, byMinute: false }];
}

/** The targets of the notifications of a scope's identities. */
export function notificationTopics(scope: number, notifications: IdentityNotifications): NotificationTopics {
  return {
    isEmpty: notifications.size === 0,
    of(type, sender) {
      const topic = notificationTopicOf(notifications, sender, notificationNames[type]);
      if (!topic) return undefined;
      return {
        target: identityTarget(scope, topic.identity, notificationNames[type]),
        headers: topic.headers === true,
      };
    },
  };
}
