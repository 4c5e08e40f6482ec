/** The texts that SES publishes to SNS topics (facts 1.3 and 2.5). */
import type { NotificationType } from "../../stores/postgres/identity-notifications.ts";

/** How SES writes a message to a topic. */
export interface TopicFormat {
  readonly subject: string | undefined;
  /** The message of an event's JSON. */
  message(body: string): string;
}

/** Messages to the topic of an event destination. */
export const eventFormat: TopicFormat = {
  subject: "Amazon SES Email Event Notification",
  message: (body) => `${body}\n`,
};

/** Texts, and messages to the topics of an identity: captures of SES's have neither a subject nor a line break. */
export const bareFormat: TopicFormat = { subject: undefined, message: (body) => body };

/** The message that is published to a topic when an event destination with it is created or gets it. Not JSON. */
export const topicValidation = "Successfully validated SNS topic for Amazon SES event publishing.";

/** The message that is published to a topic when an identity gets it for its notifications. */
export function identityTopicValidation(topicArn: string, type: NotificationType, identity: string): string {
  const message = `You have successfully subscribed your Amazon SNS topic '${topicArn}' to receive '${type}' notifications from Amazon SES for identity '${identity}'.`;
  return `${JSON.stringify({ notificationType: "AmazonSnsSubscriptionSucceeded", message })}\n`;
}
