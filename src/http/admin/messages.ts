/** Mail as its recipients get it, through the admin API: stored mail has no tracking links, pixel and S/MIME signature yet. */
import type { FastifyInstance } from "fastify";
import { readKeptMail } from "../../events/kept-mail.ts";
import { detailsOf, identityOwnerOf } from "../../events/recorded-details.ts";
import type { SignSmime } from "../../identities/smime-signers.ts";
import { trackingBases } from "../../operations/sending/tracking-choice.ts";
import { createMailTracker } from "../../recipients/tracking/track-mail.ts";
import type { TrackingLinks } from "../../recipients/tracking/tracking-links.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { type Database, queryableInScope } from "../../stores/postgres/database.ts";
import { refuse } from "../files/signed-file.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminMessageServices {
  database: Database;
  /** Returns all events of a message; none if it does not belong to the scope. */
  history: (messageId: string, scope: number | undefined) => Promise<EventRow[]>;
  limitedTo: RequestScopes["limitedTo"];
  objects: ObjectStore;
  trackingLinks: TrackingLinks;
  signSmime: SignSmime;
  /** The base URL under which recipients reach the server. */
  publicUrl: () => string;
}

interface Route {
  Params: { messageId: string };
  Querystring: { recipient?: string | string[] };
}

/** Adds `GET /admin/messages/{messageId}/mail?recipient=address`. */
export function mountAdminMessages(admin: FastifyInstance, services: AdminMessageServices): void {
  const { objects, trackingLinks, signSmime } = services;
  const track = createMailTracker(trackingLinks);

  admin.get<Route>("/admin/messages/:messageId/mail", { exposeHeadRoute: false }, async (request, reply) => {
    const { messageId } = request.params;
    const { recipient } = request.query;
    if (typeof recipient !== "string") {
      return refuse(reply, 400, "The query must have recipient=address, once.");
    }
    const scope = await services.limitedTo(request);
    const history = await services.history(messageId, scope?.id);
    const sent = history.find((event) => event.type === "SEND" && event.recipient === recipient);
    const stored = sent && (await readKeptMail(objects, sent));
    if (!stored) return refuse(reply, 404, "There is no mail of this message to this recipient.");
    const { open_tracked: opens = false, click_tracked: clicks = false } = sent;
    const tracking = { opens, clicks, ...(await basesOf(sent)) };
    return reply
      .headers({
        "content-type": "message/rfc822",
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      })
      .send(await signed(track(stored, tracking, { scope: sent.scope, messageId, recipient }), sent));
  });

  /** By the certificate that the sender has now. */
  async function signed(mime: Buffer, sent: EventRow): Promise<Buffer> {
    const { smimeSender: address } = detailsOf(sent);
    const scope = identityOwnerOf(sent)?.scope ?? sent.scope;
    return typeof address === "string" ? signSmime(mime, { scope, address }, new Date(sent.sent_at)) : mime;
  }

  /** The current base URLs: the queue stores those at the time of sending, but not for delivered mail. */
  async function basesOf({ scope, configuration_set: name }: EventRow) {
    const set = name ? await selectConfigurationSet(queryableInScope(services.database, scope), name) : undefined;
    return trackingBases(set?.trackingOptions, services.publicUrl());
  }
}
