/** The admin API of the log of webhooks, and of resending. See `docs/webhooks.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type {
  ResentEvents,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookDeliveryPage,
} from "../../admin-api/webhooks.ts";
import type { PublicationArchive, ReplayedEvents } from "../../publishing/replay.ts";
import { type LoggedDelivery, placeOf, readDeliveries, readDelivery } from "../../publishing/webhooks/delivery-log.ts";
import { findWebhook } from "../../publishing/webhooks/manage-webhooks.ts";
import { publishingObstacle } from "../../publishing/webhooks/obstacle.ts";
import { WebhookError } from "../../publishing/webhooks/webhook-error.ts";
import { membersOf, textOf } from "../../publishing/webhooks/webhook-input.ts";
import type { WebhookServices } from "../../publishing/webhooks/webhook-services.ts";
import { webhookTarget } from "../../stores/postgres/webhooks.ts";
import { parseInstant, QueryError, QueryParameters } from "../query-parameters.ts";

export interface AdminWebhookDeliveryServices {
  webhooks: Pick<WebhookServices, "database">;
  /** Undefined if this process keeps no published events. */
  archive: PublicationArchive | undefined;
}

type ById = FastifyRequest<{ Params: { id: string } }>;

const largestPage = 200;
const standardPage = 50;

/** Adds the routes of the log and of resending, under `/admin/webhooks/{id}`. */
export function mountAdminWebhookDeliveries(admin: FastifyInstance, services: AdminWebhookDeliveryServices): void {
  const { webhooks, archive } = services;

  admin.get("/admin/webhooks/:id/deliveries", async (request: ById, reply): Promise<WebhookDeliveryPage> => {
    const query = new QueryParameters(request.raw.url ?? "");
    const failed = query.choice("failed", ["true", "false"]) === "true";
    const limit = query.integer("limit", 1, largestPage) ?? standardPage;
    const cursor = query.text("cursor");
    query.end();
    const from = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && !from) throw new QueryError("The parameter cursor must be `next` of a page.");
    const { id } = await findWebhook(webhooks, request.params.id);
    const { deliveries, next } = await readDeliveries(webhooks.database, id, { from, failed, limit });
    reply.header("cache-control", "no-store");
    return { deliveries: deliveries.map(shownDelivery), ...(next !== undefined && { next }) };
  });

  admin.get(
    "/admin/webhooks/:id/deliveries/:delivery",
    async (request: FastifyRequest<{ Params: { id: string; delivery: string } }>, reply) => {
      const { id } = await findWebhook(webhooks, request.params.id);
      const place = placeOf(request.params.delivery);
      const found = place && (await readDelivery(webhooks.database, id, place));
      if (!found) throw new WebhookError(404, "There is no delivery with this id in the log of the webhook.");
      const event = await archive?.findEvent(found.eventId, new Date(found.startedAt));
      reply.header("cache-control", "no-store");
      const details: WebhookDeliveryDetails = { ...shownDelivery(found), ...(event && { body: event.body }) };
      return details;
    },
  );

  admin.post("/admin/webhooks/:id/resend", async (request: ById, reply): Promise<ResentEvents> => {
    const events = readEvents(request.body);
    const webhook = await findWebhook(webhooks, request.params.id);
    const obstacle = publishingObstacle(webhook);
    if (obstacle !== undefined) throw new WebhookError(409, obstacle);
    if (!archive) throw new WebhookError(503, "This server keeps no published events.");
    const count = await archive.replay(webhookTarget(webhook.id), events);
    if (count === 0 && "eventId" in events) throw new WebhookError(404, "There is no event with this id any more.");
    reply.code(202);
    return { events: count };
  });
}

function readEvents(body: unknown): ReplayedEvents {
  const members = membersOf(body, ["eventId", "from", "to"]);
  const [eventId, from, to] = [textOf(members, "eventId"), textOf(members, "from"), textOf(members, "to")];
  if (eventId !== undefined && from === undefined && to === undefined) {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(eventId)) {
      throw new WebhookError(400, "eventId must be the UUID of an event.");
    }
    return { eventId: eventId.toLowerCase() };
  }
  if (eventId !== undefined || from === undefined || to === undefined) {
    throw new WebhookError(400, "Name either an eventId, or the instants from and to.");
  }
  const range = { from: instantOf("from", from), to: instantOf("to", to) };
  if (range.from >= range.to) throw new WebhookError(400, "from must be before to.");
  return range;
}

function instantOf(name: string, text: string): Date {
  const instant = parseInstant(text);
  if (!instant) throw new WebhookError(400, `${name} must be an instant such as 2026-11-24T00:00:00Z.`);
  return instant;
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
