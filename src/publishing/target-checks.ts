/** What SES does before it stores a target of events: it publishes a text to an SNS topic. */
import type { EventTarget } from "../stores/postgres/event-destinations.ts";
import type { NotificationType } from "../stores/postgres/identity-notifications.ts";
import type { StoredWebhook } from "../stores/postgres/webhooks.ts";
import type { AwsSenders } from "./aws/aws-senders.ts";
import { identityTopicValidation, topicValidation } from "./ses-event/sns-texts.ts";
import { publishPlainText } from "./webhooks/subscription.ts";
import type { WebhookServices } from "./webhooks/webhook-services.ts";

/** They throw a ServiceError if a topic refuses or does not exist. A topic that can't be asked is taken as it is. */
export interface TargetChecks {
  checkTarget(target: EventTarget): Promise<void>;
  checkIdentityTopic(topic: { identity: string; type: NotificationType; arn: string }): Promise<void>;
}

/** Creates the checks of a scope. */
export function createTargetChecks(services: {
  aws: Pick<AwsSenders, "checkTopic">;
  webhooks: WebhookServices;
  /** The webhook of the scope with this topic ARN; undefined if it isn't one of a webhook. */
  webhookByArn: (topicArn: string) => Promise<StoredWebhook | undefined>;
  log: { warn(details: object, message: string): void };
}): TargetChecks {
  const { aws, webhooks, webhookByArn, log } = services;

  return {
    async checkTarget(target) {
      const topicArn = "SnsDestination" in target ? target.SnsDestination?.TopicArn : undefined;
      if (topicArn !== undefined) await publishText(topicArn, topicValidation);
    },
    checkIdentityTopic: ({ identity, type, arn }) => publishText(arn, identityTopicValidation(arn, type, identity)),
  };

  async function publishText(topicArn: string, text: string): Promise<void> {
    const webhook = await webhookByArn(topicArn);
    if (webhook) return publishPlainText(webhooks, webhook, text);
    const check = await aws.checkTopic(topicArn, text);
    if (!check.asked) log.warn({ topicArn, reason: check.reason }, "an SNS topic was not checked: AWS can't be asked");
  }
}
