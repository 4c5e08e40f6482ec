/**
 * The notification topics and the feedback forwarding of an identity. SES's API v2 has no operations for topics; its
 * API v1 has (SetIdentityNotificationTopic and others).
 */
import { errors } from "../../contract/errors.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import {
  type IdentityFeedback,
  type NotificationChange,
  type NotificationsByType,
  type NotificationType,
  notificationTypes,
  selectIdentityFeedback,
  updateIdentityFeedback,
  updateIdentityNotification,
} from "../../stores/postgres/identity-notifications.ts";
import type { AccountSettings } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import type { TargetOwner } from "../event-destinations/event-destination-services.ts";
import { checkTopicArn } from "../event-destinations/target-arns.ts";

/**
 * Checks that notifications can be published to a topic, before it is stored. SES publishes a notification of the type
 * AmazonSnsSubscriptionSucceeded to it. Throws a ServiceError if the topic refuses or does not exist.
 */
export type CheckIdentityTopic = (topic: { identity: string; type: NotificationType; arn: string }) => Promise<void>;

export interface IdentityNotificationServices {
  database: ScopedQueryable;
  settings: AccountSettings;
  scope: Pick<TargetOwner, "region">;
  checkIdentityTopic: CheckIdentityTopic;
}

/** The settings of an identity. Throws a bad request with SES's text if it does not exist. */
export async function readIdentityFeedback(
  { database }: Pick<IdentityNotificationServices, "database">,
  given: string,
): Promise<IdentityFeedback & { identity: string }> {
  const identity = normalizeIdentityName(given)?.name;
  const feedback =
    identity === undefined ? undefined : (await selectIdentityFeedback(database, [identity])).get(identity);
  if (identity === undefined || !feedback) throw errors.feedbackIdentity(given);
  return { identity, ...feedback };
}

/**
 * Replaces the notifications of an identity, and changes its feedback forwarding unless that is undefined. Throws a bad
 * request if the identity does not exist or a topic can't be used; nothing is changed then.
 */
export async function changeIdentityFeedback(
  services: IdentityNotificationServices,
  given: string,
  change: { feedbackForwarding: boolean | undefined; notifications: NotificationsByType },
): Promise<void> {
  const { database, settings, scope, checkIdentityTopic } = services;
  const { identity, notifications: previous } = await readIdentityFeedback(services, given);
  const set = notificationTypes.flatMap((type) => {
    const { topicArn } = change.notifications[type];
    return topicArn === undefined ? [] : [{ identity, type, arn: checkTopicArn(topicArn, scope) }];
  });
  for (const topic of set) if (topic.arn !== previous[topic.type].topicArn) await checkIdentityTopic(topic);
  const found = await changeSettings(settings, "identities", () => updateIdentityFeedback(database, identity, change));
  // It was deleted meanwhile.
  if (!found) throw errors.feedbackIdentity(given);
}

/** Sets the topic of a type of notifications; undefined for none. Throws a bad request as `changeIdentityFeedback`. */
export async function setNotificationTopic(
  services: IdentityNotificationServices,
  given: string,
  type: NotificationType,
  topicArn: string | undefined,
): Promise<void> {
  const { identity, notifications } = await readIdentityFeedback(services, given);
  const arn = topicArn === undefined ? undefined : checkTopicArn(topicArn, services.scope);
  if (arn !== undefined && arn !== notifications[type].topicArn) {
    await services.checkIdentityTopic({ identity, type, arn });
  }
  const found = await changeNotification(services, given, type, { topicArn: arn ?? null });
  // It was deleted meanwhile.
  if (!found) throw errors.feedbackIdentity(given);
}

/** Changes an identity's notifications of one type; false if there is no such identity. */
export async function changeNotification(
  { database, settings }: Pick<IdentityNotificationServices, "database" | "settings">,
  given: string,
  type: NotificationType,
  change: NotificationChange,
): Promise<boolean> {
  const identity = normalizeIdentityName(given)?.name;
  if (identity === undefined) return false;
  return changeSettings(settings, "identities", () => updateIdentityNotification(database, identity, type, change));
}
