/** Creates and changes webhooks of a scope. */
import { randomUUID } from "node:crypto";
import { sealContexts } from "../../access/sealing/seal-contexts.ts";
import { errors } from "../../contract/errors.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { selectTargetsWithTopic } from "../../stores/postgres/event-destinations.ts";
import { endWaitOfBatches } from "../../stores/postgres/publication-batches.ts";
import { webhookTarget } from "../../stores/postgres/target-name.ts";
import {
  deleteWebhook,
  insertWebhook,
  rotateWebhookSecret,
  type StoredWebhook,
  selectWebhook,
  updateWebhook,
} from "../../stores/postgres/webhooks.ts";
import { createWebhookSecret } from "./standard-webhooks.ts";
import { requestConfirmation, type TimedResult } from "./subscription.ts";
import { WebhookError } from "./webhook-error.ts";
import { readNewWebhook, readPreviousHours, readWebhookChange } from "./webhook-input.ts";
import type { ScopedWebhookServices } from "./webhook-services.ts";

/** How many webhooks a scope may have. */
const mostWebhooks = 100;
const hourMs = 3600_000;

/** A webhook, with what its receiver answered to the request to confirm, if that was sent. */
export interface Subscribed {
  readonly webhook: StoredWebhook;
  readonly confirmation: TimedResult | undefined;
}

/**
 * Creates a webhook. The receiver of an SNS envelope is asked to confirm its subscription.
 * @throws WebhookError for an invalid body, a name that is taken, or if there are too many webhooks
 */
export async function createWebhook(
  services: ScopedWebhookServices,
  body: unknown,
): Promise<Subscribed & { readonly secret: string | undefined }> {
  const { database, sealer, privateDestinations, clock } = services;
  const input = readNewWebhook(body, privateDestinations);
  await requireConfigurationSet(services, input.configurationSet);
  const id = randomUUID();
  const secret = input.envelope === "event" ? createWebhookSecret() : undefined;
  const sealedSecret = secret === undefined ? null : sealer.seal(Buffer.from(secret), sealContexts.webhookSecret(id));
  const outcome = await insertWebhook(database, { ...input, id, sealedSecret, createdAt: clock() }, mostWebhooks);
  if (outcome === "exists") throw new WebhookError(409, `There is already a webhook with the name ${input.name}.`);
  if (outcome === "full") throw new WebhookError(409, `There are ${mostWebhooks} webhooks; there may be no more.`);
  services.changed();
  return { secret, ...(await confirmed(services, await findWebhook(services, id))) };
}

/**
 * Changes a webhook. The receiver of an SNS envelope at another URL is asked to confirm its subscription.
 * @throws WebhookError for an invalid body, or if there is no such webhook
 */
export async function changeWebhook(services: ScopedWebhookServices, id: string, body: unknown): Promise<Subscribed> {
  const current = await findWebhook(services, id);
  const choices = readWebhookChange(body, current, services.privateDestinations);
  if (choices.configurationSet !== current.configurationSet) {
    await requireConfigurationSet(services, choices.configurationSet);
  }
  if (choices.enabled && current.envelope === "event" && current.sealedSecret === null) {
    throw new WebhookError(409, "The webhook has no secret. Rotate the secret before you enable it.");
  }
  const webhook = await updateWebhook(services.database, current.id, choices);
  if (!webhook) throw notFound();
  services.changed();
  // The change may have mended it.
  const led = await selectTargetsWithTopic(services.database, services.topics.topicArn(webhook));
  await endWaitOfBatches(services.database, [webhookTarget(webhook.id), ...led]);
  return choices.url === current.url ? { webhook, confirmation: undefined } : confirmed(services, webhook);
}

/**
 * Replaces the secret; the one before stays valid for the hours in the body, 24 by default.
 * @throws WebhookError for an invalid body, a webhook with an SNS envelope, or if there is no such webhook
 */
export async function rotateSecret(
  services: ScopedWebhookServices,
  id: string,
  body: unknown,
): Promise<{ readonly secret: string; readonly previousUntil: Date }> {
  const { database, sealer, clock } = services;
  const hours = readPreviousHours(body);
  const webhook = await findWebhook(services, id);
  if (webhook.envelope === "sns") throw new WebhookError(409, "An SNS envelope has a certificate, and no secret.");
  const secret = createWebhookSecret();
  const sealedSecret = sealer.seal(Buffer.from(secret), sealContexts.webhookSecret(webhook.id));
  const previousUntil = new Date(clock().getTime() + hours * hourMs);
  if (!(await rotateWebhookSecret(database, webhook.id, { sealedSecret, previousUntil }))) throw notFound();
  return { secret, previousUntil };
}

/**
 * Asks the receiver of an SNS envelope once more to confirm its subscription.
 * @throws WebhookError if it has confirmed, for another envelope, or if there is no such webhook
 */
export async function askForConfirmation(services: ScopedWebhookServices, id: string): Promise<Subscribed> {
  const webhook = await findWebhook(services, id);
  if (webhook.envelope !== "sns") throw new WebhookError(409, 'Only receivers of the envelope "sns" confirm.');
  if (webhook.confirmedAt !== null) throw new WebhookError(409, "The receiver has confirmed the subscription.");
  return confirmed(services, webhook);
}

/** Deletes a webhook with its log. Throws a `WebhookError` if there is none. */
export async function removeWebhook(
  services: Pick<ScopedWebhookServices, "database" | "changed">,
  id: string,
): Promise<void> {
  if (!isId(id) || !(await deleteWebhook(services.database, id))) throw notFound();
  services.changed();
}

/** The webhook with this ID. Throws a `WebhookError` if there is none. */
export async function findWebhook(
  services: Pick<ScopedWebhookServices, "database">,
  id: string,
): Promise<StoredWebhook> {
  const webhook = isId(id) ? await selectWebhook(services.database, id) : undefined;
  if (!webhook) throw notFound();
  return webhook;
}

/** The receiver may confirm while it is asked: the webhook is read afterwards. */
async function confirmed(services: ScopedWebhookServices, webhook: StoredWebhook): Promise<Subscribed> {
  if (webhook.envelope !== "sns") return { webhook, confirmation: undefined };
  const confirmation = await requestConfirmation(services, webhook);
  return { webhook: await findWebhook(services, webhook.id), confirmation };
}

async function requireConfigurationSet({ database }: ScopedWebhookServices, name: string | null): Promise<void> {
  if (name === null || (await selectConfigurationSet(database, name))) return;
  throw new WebhookError(400, errors.configurationSetNotFound(name).message);
}

function notFound(): WebhookError {
  return new WebhookError(404, "There is no webhook with this id.");
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
