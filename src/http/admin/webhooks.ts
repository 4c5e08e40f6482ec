/** The admin API of webhooks. See `docs/webhooks.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type {
  ChangedWebhook,
  CreatedWebhook,
  PostOutcome,
  RotatedSecret,
  Webhook,
  WebhookList,
} from "../../admin-api/webhooks.ts";
import {
  askForConfirmation,
  changeWebhook,
  createWebhook,
  findWebhook,
  removeWebhook,
  rotateSecret,
  type Subscribed,
} from "../../publishing/webhooks/manage-webhooks.ts";
import { signingObstacle } from "../../publishing/webhooks/obstacle.ts";
import { postTestEvent, type TimedResult } from "../../publishing/webhooks/subscription.ts";
import { WebhookError } from "../../publishing/webhooks/webhook-error.ts";
import type { ScopedWebhookServices, WebhookServices } from "../../publishing/webhooks/webhook-services.ts";
import { inScope } from "../../stores/postgres/database.ts";
import {
  selectTargetStatus,
  selectTargetStatuses,
  type TargetStatus,
} from "../../stores/postgres/publication-targets.ts";
import { webhookTarget } from "../../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooks } from "../../stores/postgres/webhooks.ts";
import type { RequestScopes } from "../request-scope.ts";
import { shownStatus } from "./target-status.ts";

export interface AdminWebhookServices {
  /** For the webhooks of all scopes. */
  webhooks: WebhookServices;
  adminScope: RequestScopes["adminScope"];
}

type ById = FastifyRequest<{ Params: { id: string } }>;

/** Adds the routes under `/admin/webhooks` that create, change and try out webhooks. */
export function mountAdminWebhooks(admin: FastifyInstance, { webhooks, adminScope }: AdminWebhookServices): void {
  const servicesFor = async (request: FastifyRequest): Promise<ScopedWebhookServices> => ({
    ...webhooks,
    database: inScope(webhooks.database, (await adminScope(request)).id),
  });

  admin.get("/admin/webhooks", async (request, reply): Promise<WebhookList> => {
    const services = await servicesFor(request);
    reply.header("cache-control", "no-store");
    const listed = await selectWebhooks(services.database);
    const statuses = new Map((await selectTargetStatuses(services.database)).map((one) => [one.target, one]));
    return {
      webhooks: listed.map((webhook) => shownWebhook(services, webhook, statuses.get(webhookTarget(webhook.id)))),
    };
  });

  admin.post("/admin/webhooks", async (request, reply): Promise<CreatedWebhook> => {
    const services = await servicesFor(request);
    const { secret, ...subscribed } = await createWebhook(services, request.body);
    reply.code(201).header("cache-control", "no-store");
    return { ...(secret !== undefined && { secret }), ...(await changed(services, subscribed)) };
  });

  admin.get("/admin/webhooks/:id", async (request: ById, reply): Promise<Webhook> => {
    reply.header("cache-control", "no-store");
    const services = await servicesFor(request);
    return shownOne(services, await findWebhook(services, request.params.id));
  });

  admin.patch("/admin/webhooks/:id", async (request: ById): Promise<ChangedWebhook> => {
    const services = await servicesFor(request);
    return changed(services, await changeWebhook(services, request.params.id, request.body));
  });

  admin.delete("/admin/webhooks/:id", async (request: ById, reply) => {
    const services = await servicesFor(request);
    await removeWebhook(services, request.params.id);
    return reply.code(204).send();
  });

  admin.post("/admin/webhooks/:id/rotate-secret", async (request: ById, reply): Promise<RotatedSecret> => {
    const services = await servicesFor(request);
    const { secret, previousUntil } = await rotateSecret(services, request.params.id, request.body);
    reply.header("cache-control", "no-store");
    return { secret, previousSecretUntil: previousUntil.toISOString() };
  });

  admin.post("/admin/webhooks/:id/confirm", async (request: ById): Promise<ChangedWebhook> => {
    const services = await servicesFor(request);
    return changed(services, await askForConfirmation(services, request.params.id));
  });

  admin.post("/admin/webhooks/:id/test", async (request: ById): Promise<PostOutcome> => {
    const services = await servicesFor(request);
    const webhook = await findWebhook(services, request.params.id);
    // A disabled webhook may be tried out before it is enabled again.
    const obstacle = signingObstacle(webhook);
    if (obstacle !== undefined) throw new WebhookError(409, obstacle);
    return outcomeOf(await postTestEvent(services, webhook));
  });

  async function shownOne(services: ScopedWebhookServices, webhook: StoredWebhook): Promise<Webhook> {
    const status = await selectTargetStatus(services.database, webhookTarget(webhook.id));
    return shownWebhook(services, webhook, status);
  }

  async function changed(
    services: ScopedWebhookServices,
    { webhook, confirmation }: Subscribed,
  ): Promise<ChangedWebhook> {
    return { ...(await shownOne(services, webhook)), ...(confirmation && { confirmation: outcomeOf(confirmation) }) };
  }
}

function shownWebhook(
  { topics, clock }: ScopedWebhookServices,
  webhook: StoredWebhook,
  status: TargetStatus | undefined,
): Webhook {
  const { id, name, url, envelope, configurationSet, eventTypes, enabled, previousUntil } = webhook;
  const isSns = envelope === "sns";
  const isRotating = previousUntil !== null && previousUntil > clock();
  return {
    id,
    name,
    topicArn: topics.topicArn(webhook),
    url,
    envelope,
    ...(isSns && { signatureVersion: webhook.signatureVersion, confirmed: webhook.confirmedAt !== null }),
    configurationSet,
    eventTypes,
    enabled,
    ...(webhook.disabledBecause !== null && { disabledBecause: webhook.disabledBecause }),
    ...(isRotating && { previousSecretUntil: previousUntil.toISOString() }),
    createdAt: webhook.createdAt.toISOString(),
    status: shownStatus(status),
  };
}

/** The result of a post, without what has no meaning outside. */
function outcomeOf({ status, answer, error, milliseconds }: TimedResult): PostOutcome {
  return {
    delivered: error === undefined,
    milliseconds,
    ...(status !== undefined && { status }),
    answer,
    ...(error !== undefined && { error }),
  };
}
