/** A message with its timeline, and what is in its mail, through the admin API. `docs/admin-api.md` describes it. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { MessageContent, MessageDetails } from "../../admin-api/message.ts";
import { readKeptMail } from "../../events/kept-mail.ts";
import type { Shown } from "../../events/message-state.ts";
import { mailContent, mailHtml } from "../../insights/mail-content.ts";
import { messageDetails } from "../../insights/message-details.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";

/** What it is answered from. */
export interface AdminMessageDetailsServices {
  /** All events of a message. */
  history: (messageId: string) => Promise<EventRow[]>;
  objects: ObjectStore;
  shown: Shown;
}

interface Route {
  Params: { messageId: string };
}

/** Adds `GET /admin/messages/{messageId}`, and below it `/content` and `/html`. */
export function mountAdminMessageDetails(admin: FastifyInstance, services: AdminMessageDetailsServices): void {
  const { objects, shown } = services;
  const route = { exposeHeadRoute: false };

  admin.get<Route>(
    "/admin/messages/:messageId",
    route,
    async (request, reply): Promise<MessageDetails | FastifyReply> => {
      reply.header("cache-control", "no-store");
      new QueryParameters(request.raw.url ?? "").end();
      const details = messageDetails(await shownHistory(request.params.messageId), shown.machines);
      return details ?? refuse(reply, 404, "There is no message with this id.");
    },
  );

  admin.get<Route>(
    "/admin/messages/:messageId/content",
    route,
    async (request, reply): Promise<MessageContent | FastifyReply> => {
      reply.header("cache-control", "private, no-store");
      new QueryParameters(request.raw.url ?? "").end();
      const mime = await keptMail(request.params.messageId);
      return mime ? mailContent(mime) : refuse(reply, 404, noMail);
    },
  );

  admin.get<Route>("/admin/messages/:messageId/html", route, async (request, reply) => {
    const query = new QueryParameters(request.raw.url ?? "");
    const remote = query.choice("remote", ["0", "1"]) === "1";
    query.end();
    const mime = await keptMail(request.params.messageId);
    if (!mime) return refuse(reply, 404, noMail);
    const html = await mailHtml(mime, remote);
    if (html === undefined) return refuse(reply, 404, "The mail has no HTML.");
    return reply.headers(inertHeaders(remote)).send(html);
  });

  const noMail = "There is no mail of this message, or none any more.";

  /** No events of a message that the settings say SES would not show. */
  async function shownHistory(messageId: string): Promise<EventRow[]> {
    const history = await services.history(messageId);
    return shown.scope === "all" || history.some(({ in_ses_scope }) => in_ses_scope) ? history : [];
  }

  async function keptMail(messageId: string): Promise<Buffer | undefined> {
    const sent = (await shownHistory(messageId)).find(({ type }) => type === "SEND");
    return sent && readKeptMail(objects, sent);
  }
}

/**
 * What keeps a stranger's HTML from acting: it has an origin of its own, runs no script, sends no form, opens and replaces
 * no page (`sandbox`), and loads nothing but the pictures in it (CSP 3). Only pages of this server frame it. Who is asked
 * for pictures learns no address of this server; and names are not looked up before a link is followed.
 */
function inertHeaders(remote: boolean): Record<string, string> {
  const servers = remote ? " https: http:" : "";
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "sandbox",
      "default-src 'none'",
      `style-src 'unsafe-inline'${servers}`,
      `img-src data:${servers}`,
      `font-src data:${servers}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'self'",
    ].join("; "),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-dns-prefetch-control": "off",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
  };
}
