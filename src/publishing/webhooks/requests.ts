/** The requests that a webhook gets, in its envelope. */
import { randomUUID } from "node:crypto";
import { sealContexts } from "../../access/sealing/seal-contexts.ts";
import type { StoredWebhook } from "../../stores/postgres/webhooks.ts";
import { eventFormat, type TopicFormat } from "../ses-event/sns-texts.ts";
import type { WebhookRequest } from "./post.ts";
import { type SnsMessage, snsBody, snsHeaders } from "./sns-envelope.ts";
import { signatureHeaders, signingKey } from "./standard-webhooks.ts";
import type { WebhookServices } from "./webhook-services.ts";

type RequestServices = Pick<WebhookServices, "sealer" | "topics" | "certificate" | "clock" | "machineClock">;

/** What is published: an event, or a text of SES. */
export interface Published {
  /** A UUID. */
  readonly id: string;
  readonly body: string;
  /** How the envelope of SNS has it; that of events by default. */
  readonly format?: TopicFormat;
}

/** Makes the request of each event. */
export type RequestOf = (published: Published) => WebhookRequest | Promise<WebhookRequest>;

const eventHeaders = ["content-type", "application/json", "user-agent", "Mailglass"];

/** For one webhook: opens its secrets once. Rejects with a `SealError` if they were sealed under another master key. */
export async function createRequests(services: RequestServices, webhook: StoredWebhook): Promise<RequestOf> {
  if (webhook.envelope === "event") {
    const keys = validSecrets(services, webhook).map(signingKey);
    return ({ id, body }) => {
      const timestamp = Math.floor(services.machineClock().getTime() / 1000);
      return {
        webhook: webhook.id,
        url: webhook.url,
        headers: [...eventHeaders, ...signatureHeaders(keys, { id, timestamp, body })],
        body,
      };
    };
  }
  const { topics } = services;
  const TopicArn = topics.topicArn(webhook);
  const subscriptionArn = topics.subscriptionArn(webhook);
  const UnsubscribeURL = topics.link(webhook, "Unsubscribe");
  const post = await snsRequests(services, webhook);
  return ({ id, body, format = eventFormat }) =>
    post(
      {
        Type: "Notification",
        MessageId: id,
        TopicArn,
        Subject: format.subject,
        Message: format.message(body),
        Timestamp: services.machineClock().toISOString(),
        UnsubscribeURL,
      },
      subscriptionArn,
    );
}

/** The request by which the receiver of an SNS envelope gets the link that confirms its subscription. */
export async function confirmationRequest(services: RequestServices, webhook: StoredWebhook): Promise<WebhookRequest> {
  const { topics, machineClock } = services;
  const TopicArn = topics.topicArn(webhook);
  const post = await snsRequests(services, webhook);
  return post(
    {
      Type: "SubscriptionConfirmation",
      MessageId: randomUUID(),
      Token: topics.token(webhook, "ConfirmSubscription"),
      TopicArn,
      Message: `You have chosen to subscribe to the topic ${TopicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: topics.link(webhook, "ConfirmSubscription"),
      Timestamp: machineClock().toISOString(),
    },
    undefined,
  );
}

async function snsRequests({ topics, certificate }: RequestServices, webhook: StoredWebhook) {
  const { privateKey, path } = await certificate();
  const signing = { version: webhook.signatureVersion, privateKey, certificateUrl: topics.ownUrl(path) };
  return async (message: SnsMessage, subscriptionArn: string | undefined): Promise<WebhookRequest> => ({
    webhook: webhook.id,
    url: webhook.url,
    headers: snsHeaders(message, subscriptionArn),
    body: await snsBody(message, signing),
  });
}

/** The secret, and during a rotation the one before. */
function validSecrets({ sealer, clock }: RequestServices, webhook: StoredWebhook): string[] {
  const { id, sealedSecret, sealedPreviousSecret, previousUntil } = webhook;
  const isValid = sealedPreviousSecret !== null && previousUntil !== null && previousUntil > clock();
  return [sealedSecret, isValid ? sealedPreviousSecret : null]
    .filter((sealed) => sealed !== null)
    .map((sealed) => sealer.open(sealed, sealContexts.webhookSecret(id)).toString());
}
