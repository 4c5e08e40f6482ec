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

/** The settings of identities by name, of those that exist. */
export async function selectIdentityFeedback(
  database: ScopedQueryable,
  identities: readonly string[],
): Promise<Map<string, IdentityFeedback>> {
  const rows = await database.query<{ name: string; feedbackForwarding: boolean } & (NotificationRow | { type: null })>(
    `SELECT i.name, i.feedback_forwarding AS "feedbackForwarding", n.type, n.topic_arn AS "topicArn", n.headers
     FROM email_identities AS i
     LEFT JOIN identity_notifications AS n ON n.scope = i.scope AND n.identity = i.name
     WHERE i.scope = $1 AND i.name = ANY($2::text[])`,
    [database.scope, identities],
  );
  const found = new Map<string, IdentityFeedback>();
  for (const { name, feedbackForwarding, ...row } of rows) {
    const before = found.get(name)?.notifications ?? { Bounce: none, Complaint: none, Delivery: none };
    const own = row.type !== null && { [row.type]: { topicArn: row.topicArn ?? undefined, headers: row.headers } };
    found.set(name, { feedbackForwarding, notifications: { ...before, ...own } });
  }
  return found;
}

/** A change of an identity's notifications of one type: its topic (null for none), its headers, or both. */
export interface NotificationChange {
  readonly topicArn?: string | null;
  readonly headers?: boolean;
}

/** Changes an identity's notifications of one type; false if the identity doesn't exist. */
export async function updateIdentityNotification(
  database: ScopedQueryable,
  identity: string,
  type: NotificationType,
  { topicArn, headers }: NotificationChange,
): Promise<boolean> {
  const rows = await database.query(
    // The lock keeps the identity from being deleted before the insert.
    `WITH found AS (SELECT scope, name FROM email_identities WHERE scope = $1 AND name = $2 FOR KEY SHARE)
     INSERT INTO identity_notifications AS kept (scope, identity, type, topic_arn, headers)
     SELECT scope, name, $3::text, $4::text, coalesce($5::boolean, false) FROM found
     ON CONFLICT (scope, identity, type) DO UPDATE SET
       topic_arn = CASE WHEN $6::boolean THEN excluded.topic_arn ELSE kept.topic_arn END,
       headers = coalesce($5::boolean, kept.headers)
     RETURNING 1`,
    [database.scope, identity, type, topicArn ?? null, headers ?? null, topicArn !== undefined],
  );
  return rows.length > 0;
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
