/** The Fastify application: a plugin per group of routes. `server/start-server.ts` listens; tests call `inject()`. */
import { randomUUID } from "node:crypto";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from "fastify";
import { ServiceError } from "../contract/errors/service-error.ts";
import { errors } from "../contract/errors.ts";
import { type AdminServices, adminApi } from "./admin/admin.ts";
import { type AuthenticationServices, mountAuthentication } from "./authentication.ts";
import { mountBodies } from "./bodies/bodies.ts";
import { closeConnectionsInOrder } from "./close-connections.ts";
import { replyError } from "./error-reply.ts";
import { type FileServices, fileRoutes } from "./files/files.ts";
import { answerMalformedRequest, protectiveHeaders } from "./malformed-request.ts";
import { type MirrorRouteServices, mirrorRoutes } from "./mirror/mirror.ts";
import { pages } from "./pages/pages.ts";
import { type RecipientServices, recipientRoutes } from "./public/recipients.ts";
import { type ApiServices, sesApi } from "./ses-api.ts";
import { sesV1Api, type V1ApiServices } from "./ses-v1-api.ts";
import { type TestingServices, testingRoutes } from "./testing/testing.ts";
import { toolHealthChecks } from "./testing/tools.ts";

/** The services of the application, by group of routes. */
export interface AppServices {
  http: HttpSettings;
  log: FastifyBaseLogger;
  /** Authentication of calls and of dashboard users. */
  access: AuthenticationServices;
  /** Whether all ports of the server listen. */
  ready(): boolean;
  /** Returns the stores in use. */
  health(): Promise<object>;
  api: ApiServices;
  v1Api: V1ApiServices;
  admin: AdminServices;
  files: FileServices;
  recipients: RecipientServices;
  mirror: MirrorRouteServices;
  /** For test suites; undefined if the settings turn them off. */
  testing: TestingServices | undefined;
}

export interface HttpSettings {
  /** Maximum request body, in bytes. */
  maxBodyBytes: number;
  /** The memory for all request bodies, in bytes. */
  bodyMemoryBytes: number;
  /** How long a client may stop sending a body, in milliseconds; 30 seconds by default. */
  stallMs?: number;
  /** Addresses and networks of proxies whose X-Forwarded-* headers are trusted. */
  trustedProxies: readonly string[];
  /** How long to wait for responses in progress when the application closes, in milliseconds; 10 seconds by default. */
  closeWithinMs?: number;
}

export function createApp(services: AppServices): FastifyInstance {
  const { maxBodyBytes, bodyMemoryBytes, stallMs, trustedProxies, closeWithinMs = 10_000 } = services.http;
  const app = Fastify({
    loggerInstance: services.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // closeConnectionsInOrder closes connections.
    forceCloseConnections: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 4096 },
    // Errors of the router before it finds a route: a path that is not percent-encoded UTF-8.
    frameworkErrors: (error, request, reply) => {
      replyError(reply.headers(protectiveHeaders), toServiceError(error, request));
    },
    clientErrorHandler: answerMalformedRequest,
    // No route has a JSON schema: the contract validates. Fastify's default compilers take 0.1 s to load.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // A limit on the whole request would end slow uploads: `mountBodies` ends those that stall.
    requestTimeout: 0,
  });

  app.setErrorHandler<FastifyError | ServiceError>((error, request, reply) => {
    // The client left before the first part of a stream: no error, and no client receives this response.
    if (error.code === "ERR_STREAM_PREMATURE_CLOSE" && reply.raw.destroyed) return replyError(reply, errors.internal());
    return replyError(reply, toServiceError(error, request));
  });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(protectiveHeaders);
    done();
  });

  mountBodies(app, { memoryBytes: bodyMemoryBytes, discardBytes: 2 * maxBodyBytes, stallMs });
  mountAuthentication(app, services.access);
  app.get("/health", async (_request, reply) => {
    const details = await services.health();
    const status = services.ready() ? "ok" : "starting";
    return reply
      .code(status === "ok" ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status, ...details });
  });
  app.register(sesApi, services.api);
  app.register(sesV1Api, services.v1Api);
  app.register(adminApi, services.admin);
  if (services.testing) {
    app.register(testingRoutes, services.testing);
    app.register(toolHealthChecks, services);
  }
  app.register(fileRoutes, services.files);
  app.register(recipientRoutes, services.recipients);
  app.register(mirrorRoutes, services.mirror);
  app.register(pages, services.access);
  // Registered last: connections are closed after the other routes have ended their streams.
  app.register(async (last) => closeConnectionsInOrder(last, closeWithinMs));
  return app;
}

function noSchemas(): never {
  throw new Error("routes have no JSON schemas: the contract validates requests and encodes responses");
}

function toServiceError(error: FastifyError | ServiceError, request: FastifyRequest): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return errors.unsupportedMediaType(request.headers["content-type"] ?? "");
  }
  // Fastify's own client errors: a body that is not JSON.
  if (error.statusCode !== undefined && error.statusCode < 500) return errors.serialization(error.message);
  request.log.error({ err: error }, "unexpected error");
  return errors.unexpected(error);
}
