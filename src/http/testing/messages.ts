/** Sent mail for test suites: finding it, waiting for it, and taking it out of the inbox. See `docs/testing-api.md`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Scopes } from "../../accounts/scopes.ts";
import type { Inbox } from "../../inbox/inbox.ts";
import { contentOf } from "../../inbox/inbox-content.ts";
import type { InboxMessage } from "../../inbox/inbox-message.ts";
import { waitForMessage } from "../../inbox/wait-for-message.ts";
import { mailHtml } from "../../insights/mail-content.ts";
import { goneSignal } from "../admin/faults.ts";
import { attachment, refuse } from "../files/signed-file.ts";
import { inertHeaders } from "../inert-html.ts";
import { QueryParameters } from "../query-parameters.ts";
import { arrivedJson, type MessageJson, messageJson, messagesJson } from "./message-json.ts";
import { readMessageQuery, readTimeout } from "./message-query.ts";
import type { OpenWaits } from "./open-waits.ts";
import type { TestingScope } from "./testing-scope.ts";
import { waitFailure } from "./wait-failure.ts";

export interface TestingMessageServices {
  inbox: Inbox;
  scopes: Pick<Scopes, "byId">;
  testingScope: TestingScope;
  waits: OpenWaits;
}

interface Route {
  Params: { messageId: string; index: string };
}

const defaultLimit = 50;
const largestLimit = 1_000;
const largestIndex = 100_000;
const noMessage = "There is no message with this ID, or it was deleted.";

/** Adds the routes under `/testing/messages`. */
export function mountTestingMessages(app: FastifyInstance, services: TestingMessageServices): void {
  const { inbox, scopes, testingScope, waits } = services;
  const route = { exposeHeadRoute: false };

  app.get("/testing/messages", route, async (request, reply) => {
    const query = new QueryParameters(request.raw.url ?? "");
    const { matching, range } = readMessageQuery(query);
    const limit = query.integer("limit", 1, largestLimit) ?? defaultLimit;
    const order = query.choice("order", ["newest", "oldest"]) ?? "newest";
    const scope = await testingScope(request, query);
    query.end();
    const found = await inbox.list(scope, { ...range, matching, limit, order, signal: goneSignal(reply) });
    const messages = await messagesJson(found, scopes);
    return { count: messages.length, messages };
  });

  app.get("/testing/messages/wait", route, async (request, reply): Promise<MessageJson | FastifyReply> => {
    const query = new QueryParameters(request.raw.url ?? "");
    const wanted = readMessageQuery(query);
    const seconds = readTimeout(query);
    const index = query.integer("index", 0, largestIndex);
    const scope = await testingScope(request, query);
    query.end();
    const { matching, range } = wanted;
    return waits.run(reply, seconds, async (signals) => {
      const waited = await waitForMessage(inbox, scope, { ...range, matching, index }, signals);
      if (waited.message) return messageJson(waited.message, scopes);
      if (signals.gone.reason === "stopping") return refuse(reply, 503, "The server is stopping.");
      const { arrived, matched } = waited;
      const message = waitFailure(wanted, seconds, { index, arrived, matched });
      return reply.code(404).send({ message, arrived: arrived.newest.map(arrivedJson) });
    });
  });

  app.get("/testing/messages/count", route, async (request, reply) => {
    const found = await all(request, goneSignal(reply));
    return { count: found.ids.length };
  });

  app.delete("/testing/messages", async (request, reply) => {
    const { scope, ids, isAll } = await all(request, goneSignal(reply));
    return { deleted: await inbox.remove(scope, isAll ? "all" : ids) };
  });

  app.get<Route>("/testing/messages/:messageId", route, async (request, reply) => {
    const message = await find(request);
    return message ? messageJson(message, scopes) : refuse(reply, 404, noMessage);
  });

  app.delete<Route>("/testing/messages/:messageId", async (request, reply) => {
    const query = new QueryParameters(request.raw.url ?? "");
    const scope = await testingScope(request, query);
    query.end();
    const deleted = await inbox.remove(scope, [request.params.messageId]);
    return deleted > 0 ? { deleted } : refuse(reply, 404, noMessage);
  });

  app.get<Route>("/testing/messages/:messageId/raw", route, async (request, reply) => {
    const message = await find(request);
    if (!message) return refuse(reply, 404, noMessage);
    return reply.headers({ "content-type": "message/rfc822", ...privately }).send(await message.raw());
  });

  app.get<Route>("/testing/messages/:messageId/html", route, async (request, reply) => {
    const message = await find(request);
    const html = message && (await mailHtml(await message.raw(), false));
    if (html === undefined) return refuse(reply, 404, message ? "The mail has no HTML." : noMessage);
    return reply.headers(inertHeaders(false)).send(html);
  });

  app.get<Route>("/testing/messages/:messageId/attachments/:index", route, async (request, reply) => {
    const message = await find(request);
    if (!message) return refuse(reply, 404, noMessage);
    const { attachments } = await contentOf(message);
    const { index } = request.params;
    const file = /^\d{1,6}$/.test(index) ? attachments[Number(index)] : undefined;
    if (!file) {
      return refuse(reply, 404, `The mail has ${attachments.length} attachments; the first one has the index 0.`);
    }
    // A browser must not run what somebody mailed: any type is a download, under a name without quotes and controls.
    const name = file.name.replaceAll(/[^\w.() -]/g, "_").slice(0, 200) || `attachment-${index}`;
    const type = /^[a-z0-9][\w.+-]*\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream";
    return reply.headers(attachment(name, type)).send(file.content);
  });

  async function find(request: FastifyRequest<Route>): Promise<InboxMessage | undefined> {
    const query = new QueryParameters(request.raw.url ?? "");
    const scope = await testingScope(request, query);
    query.end();
    return inbox.find(scope, request.params.messageId);
  }

  /** All messages that the filters of a request choose; `isAll` if it has none. */
  async function all(request: FastifyRequest, signal: AbortSignal) {
    const query = new QueryParameters(request.raw.url ?? "");
    const { matching, range, given, since } = readMessageQuery(query);
    const scope = await testingScope(request, query);
    query.end();
    const isAll = given === "" && since === undefined;
    const limit = Number.POSITIVE_INFINITY;
    const found =
      isAll && request.method === "DELETE"
        ? []
        : await inbox.list(scope, { ...range, matching, limit, order: "newest", signal });
    return { scope, ids: found.map(({ id }) => id), isAll };
  }
}

const privately = { "cache-control": "private, no-store", "x-content-type-options": "nosniff" };
