/** The HTTP application, on Fastify: a plugin for each group of routes. `server/start-server.ts` listens; tests call `inject()`. */
import { randomUUID } from "node:crypto";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from "fastify";
import { errors, ServiceError } from "../contract/errors.ts";
import { type AdminServices, adminApi } from "./admin/admin.ts";
import { type AuthenticationServices, mountAuthentication } from "./authentication.ts";
import { closeConnectionsInOrder } from "./close-connections.ts";
import { replyError } from "./error-reply.ts";
import { type FileServices, fileRoutes } from "./files/files.ts";
import { pages } from "./pages/pages.ts";
import { type RecipientServices, recipientRoutes } from "./public/recipients.ts";
import { type ApiServices, sesApi } from "./ses-api.ts";

/** What the application answers with, a part for each group of routes. */
export interface AppServices {
  http: HttpSettings;
  log: FastifyBaseLogger;
  /** Who may call, and sign in. */
  access: AuthenticationServices;
  /** Whether everything is ready, and what it runs on. */
  health(): Promise<object>;
  api: ApiServices;
  admin: AdminServices;
  files: FileServices;
  recipients: RecipientServices;
}

/** How HTTP is spoken. */
export interface HttpSettings {
  /** The largest request body in bytes. */
  maxBodyBytes: number;
  /** Addresses and networks whose word on where a request comes from is believed. */
  trustedProxies: readonly string[];
  /** How long answers under way may take once the application closes, in milliseconds; unset: 10 seconds. */
  closeWithinMs?: number;
}

/** Builds the application. */
export function createApp(services: AppServices): FastifyInstance {
  const { maxBodyBytes, trustedProxies, closeWithinMs = 10_000 } = services.http;
  const app = Fastify({
    loggerInstance: services.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // closeConnectionsInOrder does it.
    forceCloseConnections: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 4096 },
    // What the router refuses before there is a route: a path that is not percent-encoded UTF-8.
    frameworkErrors: (error, request, reply) => {
      replyError(reply, toServiceError(error, request, maxBodyBytes));
    },
    // A client that sends its request a byte a minute must not hold a connection for ever.
    requestTimeout: 120_000,
  });

  // The contract reads bodies itself: SES's wording for what can't be read is part of it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler<FastifyError | ServiceError>((error, request, reply) =>
    replyError(reply, toServiceError(error, request, maxBodyBytes)),
  );

  mountAuthentication(app, services.access);
  app.get("/health", async () => services.health());
  app.register(sesApi, services.api);
  app.register(adminApi, services.admin);
  app.register(fileRoutes, services.files);
  app.register(recipientRoutes, services.recipients);
  app.register(pages, services.access);
  // The last: connections are closed once the routes before have ended their streams.
  app.register(async (last) => closeConnectionsInOrder(last, closeWithinMs));
  return app;
}

function toServiceError(
  error: FastifyError | ServiceError,
  request: FastifyRequest,
  maxBodyBytes: number,
): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return errors.bodyTooLarge(maxBodyBytes);
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return errors.unsupportedMediaType(request.headers["content-type"] ?? "");
  }
  // What Fastify itself refuses: a length that does not match, a body that breaks off.
  if (error.statusCode !== undefined && error.statusCode < 500) return errors.serialization(error.message);
  request.log.error({ err: error }, "unexpected error");
  return errors.internal();
}
