/** The subscription of a webhook's receiver: single posts that are not events of mail. */
import { randomUUID } from "node:crypto";
import { disableWebhook, type StoredWebhook, selectWebhookByTopic } from "../../stores/postgres/webhooks.ts";
import { bareFormat } from "../ses-event/sns-texts.ts";
import { entryOf, logDeliveries } from "./delivery-log.ts";
import type { PostResult, WebhookRequest } from "./post.ts";
import { confirmationRequest, createRequests } from "./requests.ts";
import { testEvent } from "./test-event.ts";
import type { WebhookServices } from "./webhook-services.ts";

/** The result of a single post, with its duration. */
export type TimedResult = PostResult & { readonly milliseconds: number };

/** Sends the receiver of an SNS envelope the link that confirms its subscription. */
export async function requestConfirmation(services: WebhookServices, webhook: StoredWebhook): Promise<TimedResult> {
  const request = await confirmationRequest(services, webhook);
  return postOnce(services, webhook, { id: randomUUID(), type: "SubscriptionConfirmation", request });
}

/** Posts a test event: a delivery to the mailbox simulator. */
export async function postTestEvent(services: WebhookServices, webhook: StoredWebhook): Promise<TimedResult> {
  const id = randomUUID();
  const body = testEvent(services.clock());
  const request = await (await createRequests(services, webhook))({ id, body });
  return postOnce(services, webhook, { id, type: "Test", request });
}

/**
 * Publishes a text of SES that is not JSON, such as the one by which SES validates the topic of a new destination. It
 * is not repeated if it fails. Without an SNS envelope, or before the receiver has confirmed, nothing is posted.
 */
export async function publishPlainText(services: WebhookServices, webhook: StoredWebhook, text: string): Promise<void> {
  if (webhook.envelope !== "sns" || webhook.confirmedAt === null || !webhook.enabled) return;
  const id = randomUUID();
  const request = await (await createRequests(services, webhook))({ id, body: text, format: bareFormat });
  await postOnce(services, webhook, { id, type: "Validation", request });
}

/**
 * The webhook with this topic ARN; undefined if the scope has none. As in AWS, the topic of another account takes no
 * events of this one unless its owner allows it, for which webhooks have no setting.
 */
export async function webhookByArn(
  { database, topics }: Pick<WebhookServices, "database" | "topics">,
  scope: number,
  topicArn: string,
): Promise<StoredWebhook | undefined> {
  const topic = topics.topicOf(topicArn);
  const webhook = topic && (await selectWebhookByTopic(database, topic));
  return webhook?.scope === scope ? webhook : undefined;
}

const dayMs = 24 * 3600_000;

/**
 * Disables a webhook if every try has failed for longer than the settings allow. Returns whether it did. The time ends
 * with the last try: a webhook that nothing is posted to does not fail.
 */
export async function disableFailing(
  { database, disableDays, changed, log }: Pick<WebhookServices, "database" | "disableDays" | "changed" | "log">,
  { id, name }: Pick<StoredWebhook, "id" | "name">,
  { since, last }: { since: Date; last: Date },
): Promise<boolean> {
  if (disableDays === 0 || last.getTime() - since.getTime() < disableDays * dayMs) return false;
  const because = `every try has failed since ${since.toISOString()}`;
  const disabled = await disableWebhook(database, id, because);
  changed();
  if (disabled) log.warn({ webhook: name, failingSince: since }, `a webhook was disabled: ${because}`);
  return disabled;
}

async function postOnce(
  services: WebhookServices,
  webhook: StoredWebhook,
  { id, type, request }: { id: string; type: string; request: WebhookRequest },
): Promise<TimedResult> {
  const startedAt = services.clock().getTime();
  const started = performance.now();
  const result = await services.client.post(request);
  const milliseconds = Math.round(performance.now() - started);
  const entry = entryOf({ eventId: id, type, url: webhook.url, try: 1 }, result, { startedAt, milliseconds });
  await logDeliveries(services, webhook.id, [entry]);
  return { ...result, milliseconds };
}
