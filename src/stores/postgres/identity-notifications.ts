/** The identity_notifications table: its migration describes the columns. */
import type { ScopedQueryable } from "./database.ts";

/** The types of notifications, as SES names them. */
export const notificationTypes = ["Bounce", "Complaint", "Delivery"] as const;

export type NotificationType = (typeof notificationTypes)[number];

/** An identity's notifications of one type. */
export interface NotificationSettings {
  /** The SNS topic; undefined for none. */
  readonly topicArn: string | undefined;
  /** Whether notifications contain the headers of the mail. */
  readonly headers: boolean;
}

export type NotificationsByType = Readonly<Record<NotificationType, NotificationSettings>>;

/** What an identity's owner is told of its mail, and how. */
export interface IdentityFeedback {
  /** Whether bounces and complaints are forwarded by mail. */
  readonly feedbackForwarding: boolean;
  readonly notifications: NotificationsByType;
}

/** An identity's topics: types without a topic are absent. */
export type NotificationTopics = Partial<Record<NotificationType, NotificationSettings & { topicArn: string }>>;

/** The topics of a scope by identity; identities without a topic are absent. */
export type IdentityNotifications = ReadonlyMap<string, NotificationTopics>;

interface NotificationRow {
  type: NotificationType;
  topicArn: string | null;
  headers: boolean;
}

const none: NotificationSettings = { topicArn: undefined, headers: false };

/** The settings of an identity; undefined if it doesn't exist. */
export async function selectIdentityFeedback(
  database: ScopedQueryable,
  identity: string,
): Promise<IdentityFeedback | undefined> {
  const rows = await database.query<{ feedbackForwarding: boolean } & (NotificationRow | { type: null })>(
    `SELECT i.feedback_forwarding AS "feedbackForwarding", n.type, n.topic_arn AS "topicArn", n.headers
     FROM email_identities AS i
     LEFT JOIN identity_notifications AS n ON n.scope = i.scope AND n.identity = i.name
     WHERE i.scope = $1 AND i.name = $2`,
    [database.scope, identity],
  );
  const [first] = rows;
  if (!first) return undefined;
  const notifications = { Bounce: none, Complaint: none, Delivery: none };
  for (const row of rows) {
    if (row.type !== null) notifications[row.type] = { topicArn: row.topicArn ?? undefined, headers: row.headers };
  }
  return { feedbackForwarding: first.feedbackForwarding, notifications };
}

/**
 * Replaces an identity's notifications, and changes its feedback forwarding unless that is undefined; false if the
 * identity doesn't exist.
 */
export async function updateIdentityFeedback(
  database: ScopedQueryable,
  identity: string,
  change: { feedbackForwarding: boolean | undefined; notifications: NotificationsByType },
): Promise<boolean> {
  const { feedbackForwarding, notifications } = change;
  const given = notificationTypes.map((type) => ({ type, ...notifications[type] }));
  const rows = await database.query(
    // The update also locks the identity, so that it can't be deleted before the insert.
    `WITH updated AS (
       UPDATE email_identities SET feedback_forwarding = coalesce($3::boolean, feedback_forwarding)
       WHERE scope = $4 AND name = $1 RETURNING scope, name
     )
     INSERT INTO identity_notifications (scope, identity, type, topic_arn, headers)
     SELECT updated.scope, updated.name, given.type, given."topicArn", given.headers
     FROM updated, jsonb_to_recordset($2::text::jsonb) AS given (type text, "topicArn" text, headers boolean)
     ON CONFLICT (scope, identity, type) DO UPDATE SET topic_arn = excluded.topic_arn, headers = excluded.headers
     RETURNING 1`,
    [identity, JSON.stringify(given), feedbackForwarding ?? null, database.scope],
  );
  return rows.length > 0;
}
