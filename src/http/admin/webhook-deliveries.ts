/** The admin API of the log of webhooks, and of resending. See `docs/webhooks.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ReplayedEvents } from "../../admin-api/publishing.ts";
import type { WebhookDelivery, WebhookDeliveryDetails, WebhookDeliveryPage } from "../../admin-api/webhooks.ts";
import type { Period, PublicationArchive } from "../../publishing/archive.ts";
import type { PublishedEvent } from "../../publishing/published-event.ts";
import { type LoggedDelivery, placeOf, readDeliveries, readDelivery } from "../../publishing/webhooks/delivery-log.ts";
import { findWebhook } from "../../publishing/webhooks/manage-webhooks.ts";
import { publishingObstacle } from "../../publishing/webhooks/obstacle.ts";
import { WebhookError } from "../../publishing/webhooks/webhook-error.ts";
import { membersOf, textOf } from "../../publishing/webhooks/webhook-input.ts";
import type { WebhookServices } from "../../publishing/webhooks/webhook-services.ts";
import { inScope, queryableInScope } from "../../stores/postgres/database.ts";
import { webhookTarget } from "../../stores/postgres/target-name.ts";
import type { StoredWebhook } from "../../stores/postgres/webhooks.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { readPeriod } from "./period.ts";

export interface AdminWebhookDeliveryServices {
  /** For the webhooks of all scopes. */
  webhooks: Pick<WebhookServices, "database">;
  archive: PublicationArchive;
  adminScope: RequestScopes["adminScope"];
}

type ById = FastifyRequest<{ Params: { id: string } }>;

const largestPage = 200;
const standardPage = 50;

/** Adds the routes of the log and of resending, under `/admin/webhooks/{id}`. */
export function mountAdminWebhookDeliveries(admin: FastifyInstance, services: AdminWebhookDeliveryServices): void {
  const { webhooks, archive, adminScope } = services;

  /** A webhook in the scope of the request. */
  const find = async (request: ById) =>
    findWebhook({ database: inScope(webhooks.database, (await adminScope(request)).id) }, request.params.id);

  admin.get("/admin/webhooks/:id/deliveries", async (request: ById, reply): Promise<WebhookDeliveryPage> => {
    const query = new QueryParameters(request.raw.url ?? "");
    const failed = query.choice("failed", ["true", "false"]) === "true";
    const limit = query.integer("limit", 1, largestPage) ?? standardPage;
    const cursor = query.text("cursor");
    query.end();
    const from = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && !from) throw new QueryError("The parameter cursor must be `next` of a page.");
    const { id, scope } = await find(request);
    const own = queryableInScope(webhooks.database, scope);
    const { deliveries, next } = await readDeliveries(own, id, { from, failed, limit });
    reply.header("cache-control", "no-store");
    return { deliveries: deliveries.map(shownDelivery), ...(next !== undefined && { next }) };
  });

  admin.get(
    "/admin/webhooks/:id/deliveries/:delivery",
    async (request: FastifyRequest<{ Params: { id: string; delivery: string } }>, reply) => {
      const { id, scope } = await find(request);
      const place = placeOf(request.params.delivery);
      const found = place && (await readDelivery(queryableInScope(webhooks.database, scope), id, place));
      if (!found) throw new WebhookError(404, unknownDelivery);
      const event = await archivedEvent(scope, found);
      reply.header("cache-control", "no-store");
      const details: WebhookDeliveryDetails = { ...shownDelivery(found), ...(event && { body: event.body }) };
      return details;
    },
  );

  admin.post("/admin/webhooks/:id/resend", async (request: ById, reply): Promise<ReplayedEvents> => {
    const wanted = readResend(request.body);
    const webhook = await find(request);
    const obstacle = publishingObstacle(webhook);
    if (obstacle !== undefined) throw new WebhookError(409, obstacle);
    const target = { scope: webhook.scope, target: webhookTarget(webhook.id) };
    const events = "from" in wanted ? await archive.replay(target, wanted) : await resendOne(webhook, wanted);
    reply.code(202);
    return { events };
  });

  async function resendOne(
    { id, scope }: Pick<StoredWebhook, "id" | "scope">,
    { deliveryId }: { deliveryId: string },
  ): Promise<number> {
    const place = placeOf(deliveryId);
    const found = place && (await readDelivery(queryableInScope(webhooks.database, scope), id, place));
    if (!found) throw new WebhookError(404, unknownDelivery);
    const { eventId, publication } = found;
    const event = publication === undefined ? undefined : { id: eventId, publication };
    if (event && (await archive.resend({ scope, target: webhookTarget(id) }, event))) return 1;
    throw new WebhookError(404, "The event of this delivery is no longer kept.");
  }

  async function archivedEvent(
    scope: number,
    { eventId, publication }: LoggedDelivery,
  ): Promise<PublishedEvent | undefined> {
    return publication === undefined ? undefined : archive.find(scope, { id: eventId, publication });
  }
}

const unknownDelivery = "There is no delivery with this id in the log of the webhook.";

function readResend(body: unknown): { deliveryId: string } | Period {
  const members = membersOf(body, ["deliveryId", "from", "to"]);
  const [deliveryId, from, to] = [textOf(members, "deliveryId"), textOf(members, "from"), textOf(members, "to")];
  if (deliveryId !== undefined && from === undefined && to === undefined) return { deliveryId };
  if (deliveryId !== undefined || from === undefined || to === undefined) {
    throw new WebhookError(400, "Name either a deliveryId, or the instants from and to.");
  }
  return readPeriod({ from, to });
}

function shownDelivery({ startedAt, error, ...entry }: LoggedDelivery): WebhookDelivery {
  const { id, eventId, type, messageId, url, milliseconds, status, answer } = entry;
  return {
    id,
    eventId,
    type,
    ...(messageId !== undefined && { messageId }),
    url,
    try: entry.try,
    startedAt: new Date(startedAt).toISOString(),
    milliseconds,
    delivered: error === undefined,
    ...(status !== undefined && { status }),
    answer,
    ...(error !== undefined && { error }),
  };
}
