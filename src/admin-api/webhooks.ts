/** The paths under /admin/webhooks. */
import type { PublishingStatus } from "./publishing.ts";

/** A webhook. */
export interface Webhook {
  id: string;
  name: string;
  /** Event destinations with this ARN publish to the webhook. */
  topicArn: string;
  url: string;
  envelope: "event" | "sns";
  /** Only with the envelope `sns`. */
  signatureVersion?: "1" | "2";
  /** Null: all mail. */
  configurationSet: string | null;
  eventTypes: readonly string[];
  enabled: boolean;
  /** Why the server disabled it. */
  disabledBecause?: string;
  /** Only with the envelope `sns`: whether the receiver has confirmed the subscription. */
  confirmed?: boolean;
  /** Until when the secret before the last rotation is valid. */
  previousSecretUntil?: string;
  createdAt: string;
  status: PublishingStatus;
}

/** GET /admin/webhooks. */
export interface WebhookList {
  webhooks: Webhook[];
}

/** The result of a single post. */
export interface PostOutcome {
  delivered: boolean;
  milliseconds: number;
  /** Without one, the receiver did not answer. */
  status?: number;
  /** The first KB of the answer. */
  answer: string;
  error?: string;
}

/** PATCH /admin/webhooks/{id} and POST /admin/webhooks/{id}/confirm. */
export interface ChangedWebhook extends Webhook {
  /** The answer to the request to confirm the subscription. */
  confirmation?: PostOutcome;
}

/** POST /admin/webhooks. */
export interface CreatedWebhook extends ChangedWebhook {
  /** Only with the envelope `event`. It is shown only here. */
  secret?: string;
}

/** POST /admin/webhooks/{id}/rotate-secret. */
export interface RotatedSecret {
  secret: string;
  previousSecretUntil: string;
}

/** A post in the log. */
export interface WebhookDelivery extends PostOutcome {
  id: string;
  eventId: string;
  /** The event's type, or `SubscriptionConfirmation`, `Validation`, `Test`. */
  type: string;
  messageId?: string;
  url: string;
  /** 1 for the first try. */
  try: number;
  startedAt: string;
}

/** GET /admin/webhooks/{id}/deliveries. */
export interface WebhookDeliveryPage {
  deliveries: WebhookDelivery[];
  /** The `cursor` of the next page. */
  next?: string;
}

/** GET /admin/webhooks/{id}/deliveries/{delivery}. */
export interface WebhookDeliveryDetails extends WebhookDelivery {
  /** The event as it was posted, without the envelope, while events are kept. */
  body?: string;
}
