/** The dashboard: its files, sign-in, and its page for every path that a browser requests. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errors } from "../../contract/errors.ts";
import { replyError } from "../error-reply.ts";
import { isForPage, mountDashboard } from "./dashboard.ts";
import { mountSession, type SessionServices } from "./session.ts";

/** The plugin with `/session`, `/assets/` and the handler for unknown routes. */
export async function pages(app: FastifyInstance, services: SessionServices): Promise<void> {
  mountSession(app, services);
  const answerPage = mountDashboard(app);
  const answer = (request: FastifyRequest, reply: FastifyReply) =>
    isForPage(request) ? answerPage(reply) : replyError(reply, errors.unknownOperation());
  app.setNotFoundHandler(answer);
  // Before the body is read.
  app.addHook("onRequest", async (request, reply) => (request.is404 ? answer(request, reply) : undefined));
}
