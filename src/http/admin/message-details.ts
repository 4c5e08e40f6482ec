/** A message's timeline and mail content, through the admin API. See `docs/admin-api.md`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Scopes } from "../../accounts/scopes.ts";
import type { MessageContent, MessageDetails } from "../../admin-api/message.ts";
import { readKeptMail } from "../../events/kept-mail.ts";
import type { ShownKinds } from "../../events/message-state.ts";
import { mailContent, mailHtml } from "../../insights/mail-content.ts";
import { messageDetails } from "../../insights/message-details.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { refuse } from "../files/signed-file.ts";
import { inertHeaders } from "../inert-html.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminMessageDetailsServices {
  /** Returns all events of a message; none if it does not belong to the scope. */
  history: (messageId: string, scope: number | undefined) => Promise<EventRow[]>;
  limitedTo: RequestScopes["limitedTo"];
  scopeById: Scopes["byId"];
  objects: ObjectStore;
  shown: ShownKinds;
}

interface Route {
  Params: { messageId: string };
}

/** Adds `GET /admin/messages/{messageId}`, with `/content` and `/html` below it. */
export function mountAdminMessageDetails(admin: FastifyInstance, services: AdminMessageDetailsServices): void {
  const { objects, shown } = services;
  const route = { exposeHeadRoute: false };

  admin.get<Route>(
    "/admin/messages/:messageId",
    route,
    async (request, reply): Promise<MessageDetails | FastifyReply> => {
      reply.header("cache-control", "no-store");
      new QueryParameters(request.raw.url ?? "").end();
      const history = await shownHistory(request);
      const details = messageDetails(history, shown.machines);
      if (!details) return refuse(reply, 404, "There is no message with this id.");
      return { ...(await scopeShown(request, history)), ...details };
    },
  );

  admin.get<Route>(
    "/admin/messages/:messageId/content",
    route,
    async (request, reply): Promise<MessageContent | FastifyReply> => {
      reply.header("cache-control", "private, no-store");
      new QueryParameters(request.raw.url ?? "").end();
      const mime = await keptMail(request);
      return mime ? mailContent(mime) : refuse(reply, 404, noMail);
    },
  );

  admin.get<Route>("/admin/messages/:messageId/html", route, async (request, reply) => {
    const query = new QueryParameters(request.raw.url ?? "");
    const remote = query.choice("remote", ["0", "1"]) === "1";
    query.end();
    const mime = await keptMail(request);
    if (!mime) return refuse(reply, 404, noMail);
    const html = await mailHtml(mime, remote);
    if (html === undefined) return refuse(reply, 404, "The mail has no HTML.");
    return reply.headers(inertHeaders(remote)).send(html);
  });

  const noMail = "There is no mail of this message, or none any more.";

  /**
   * Returns no events if the message is of a scope that the caller may not see, or if SES would not show it and the
   * settings limit insights to SES's scope.
   */
  async function shownHistory(request: FastifyRequest<Route>): Promise<EventRow[]> {
    const scope = await services.limitedTo(request);
    const history = await services.history(request.params.messageId, scope?.id);
    return shown.messages === "all" || history.some(({ in_ses_scope }) => in_ses_scope) ? history : [];
  }

  /** Who may see several accounts is told which one the message belongs to. */
  async function scopeShown(
    request: FastifyRequest,
    [first]: readonly EventRow[],
  ): Promise<Pick<MessageDetails, "account" | "region">> {
    if (first === undefined || (await services.limitedTo(request))) return {};
    const { accountId: account, region } = await services.scopeById(first.scope);
    return { account, region };
  }

  async function keptMail(request: FastifyRequest<Route>): Promise<Buffer | undefined> {
    const sent = (await shownHistory(request)).find(({ type }) => type === "SEND");
    return sent && readKeptMail(objects, sent);
  }
}
