/** Who wants events, in all scopes, for publishing: event destinations and the notification topics of identities. */
import type { Queryable } from "./database.ts";
import {
  type DestinationSubscription,
  type EventDestination,
  type ListedDestination,
  readDestination,
  readKnownParts,
  type StoredDestination,
} from "./event-destinations.ts";
import type { IdentityNotifications, NotificationTopics, NotificationType } from "./identity-notifications.ts";

const destinationColumns = `scope, id, configuration_set AS "configurationSet", name, enabled, event_types AS "eventTypes",
  target`;

/**
 * The enabled destinations of all scopes. What another version of the program wrote and this one does not know is left
 * out of a destination, so that it holds up no other.
 */
export async function selectSubscriptionsOfAllScopes(database: Queryable): Promise<DestinationSubscription[]> {
  const rows = await database.query<StoredDestination>(
    `SELECT ${destinationColumns} FROM event_destinations WHERE enabled ORDER BY position`,
  );
  return rows.map(readKnownParts);
}

/** All destinations of a scope, or of all scopes, by configuration set and name; also those that are disabled. */
export async function selectDestinationsToList(
  database: Queryable,
  scope: number | undefined,
): Promise<ListedDestination[]> {
  const rows = await database.query<StoredDestination>(
    `SELECT ${destinationColumns} FROM event_destinations WHERE $1::integer IS NULL OR scope = $1
     ORDER BY scope, configuration_set, name`,
    [scope ?? null],
  );
  return rows.map((row) => ({ ...readKnownParts(row), enabled: row.enabled }));
}

/**
 * A destination of any scope, for its sender; undefined if it was deleted.
 * @throws MalformedData if another version of the program wrote it
 */
export async function selectDestinationOfAnyScope(
  database: Queryable,
  id: string,
): Promise<EventDestination | undefined> {
  const [row] = await database.query<StoredDestination>(
    `SELECT ${destinationColumns} FROM event_destinations WHERE id = $1`,
    [id],
  );
  return row && readDestination(row);
}

interface TopicRow {
  readonly scope: number;
  readonly identity: string;
  readonly type: NotificationType;
  readonly topicArn: string;
  readonly headers: boolean;
}

/** The notification topics of the identities of all scopes, by scope; scopes without a topic are absent. */
export async function selectIdentityNotificationsOfAllScopes(
  database: Queryable,
): Promise<ReadonlyMap<number, IdentityNotifications>> {
  const rows = await database.query<TopicRow>(
    `SELECT scope, identity, type, topic_arn AS "topicArn", headers FROM identity_notifications
     WHERE topic_arn IS NOT NULL`,
  );
  const scopes = new Map<number, Map<string, NotificationTopics>>();
  for (const { scope, identity, type, topicArn, headers } of rows) {
    const topics = scopes.get(scope) ?? new Map<string, NotificationTopics>();
    scopes.set(scope, topics);
    topics.set(identity, { ...topics.get(identity), [type]: { topicArn, headers } });
  }
  return scopes;
}

/** The topic for an identity's notifications of a type; undefined if it has none. */
export async function selectIdentityTopic(
  database: Queryable,
  { scope, identity, type }: { scope: number; identity: string; type: NotificationType },
): Promise<string | undefined> {
  const [row] = await database.query<{ topicArn: string | null }>(
    `SELECT topic_arn AS "topicArn" FROM identity_notifications WHERE scope = $1 AND identity = $2 AND type = $3`,
    [scope, identity, type],
  );
  return row?.topicArn ?? undefined;
}
