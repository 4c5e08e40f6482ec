/** The dashboard: its files, signing in to it, and its page wherever a browser asks for one. */
import type { FastifyInstance } from "fastify";
import { errors } from "../../contract/errors.ts";
import { replyError } from "../error-reply.ts";
import { isForPage, mountDashboard } from "./dashboard.ts";
import { mountSession, type SessionServices } from "./session.ts";

/** Adds `/session`, `/assets/` and the answer to what has no route, as a plugin of its own. */
export async function pages(app: FastifyInstance, services: SessionServices): Promise<void> {
  mountSession(app, services);
  const answerPage = mountDashboard(app);
  app.setNotFoundHandler((request, reply) =>
    isForPage(request) ? answerPage(reply) : replyError(reply, errors.unknownOperation()),
  );
}
