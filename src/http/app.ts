/** The HTTP application: the SES API, downloads and health, on Fastify. `server/start-server.ts` listens; tests call `inject()`. */
import { randomUUID } from "node:crypto";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from "fastify";
import { errors, ServiceError } from "../contract/errors.ts";
import { type AdminAccessKeyServices, mountAdminAccessKeys } from "./admin/access-keys.ts";
import { type AdminDashboardServices, mountAdminDashboard } from "./admin/dashboard.ts";
import { type AdminIdentityServices, mountAdminIdentities } from "./admin/identities.ts";
import { type AdminImportServices, mountAdminImports } from "./admin/imports.ts";
import { mountAdminLists } from "./admin/lists.ts";
import { type AdminMessageServices, mountAdminMessages } from "./admin/messages.ts";
import { mountAdminQueue } from "./admin/queue.ts";
import { type AdminServices, mountAdmin } from "./admin/simulations.ts";
import { type AuthenticationServices, mountAuthentication } from "./authentication.ts";
import { closeConnectionsInOrder } from "./close-connections.ts";
import { replyError } from "./error-reply.ts";
import { type DownloadServices, mountDownloads } from "./files/downloads.ts";
import { mountUploads, type UploadServices } from "./files/uploads.ts";
import { isForPage, mountDashboard } from "./pages/dashboard.ts";
import { mountSession, type SessionServices } from "./pages/session.ts";
import { type IdentityVerificationServices, mountIdentityVerification } from "./public/identity-verification.ts";
import { mountSubscriptions, type SubscriptionServices } from "./public/subscriptions.ts";
import { mountTracking, type TrackingServices } from "./public/tracking.ts";
import { type ApiServices, mountApi } from "./ses-api.ts";

/** What the application answers with. */
export interface AppServices
  extends ApiServices,
    AuthenticationServices,
    SessionServices,
    AdminServices,
    AdminAccessKeyServices,
    AdminDashboardServices,
    AdminIdentityServices,
    AdminImportServices,
    DownloadServices,
    UploadServices,
    AdminMessageServices,
    TrackingServices,
    SubscriptionServices,
    IdentityVerificationServices {
  /** The largest request body in bytes. */
  maxBodyBytes: number;
  /** Addresses and networks whose word on where a request comes from is believed. */
  trustedProxies: readonly string[];
  log: FastifyBaseLogger;
  /** How long answers under way may take once the application closes, in milliseconds; unset: 10 seconds. */
  closeWithinMs?: number;
  /** Whether everything is ready, and what it runs on. */
  health(): Promise<object>;
}

/** Builds the application. */
export function createApp(services: AppServices): FastifyInstance {
  const app = Fastify({
    loggerInstance: services.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: services.maxBodyBytes,
    trustProxy: services.trustedProxies.length === 0 ? false : [...services.trustedProxies],
    // closeConnectionsInOrder does it.
    forceCloseConnections: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 4096 },
    // What the router refuses before there is a route: a path that is not percent-encoded UTF-8.
    frameworkErrors: (error, request, reply) => {
      replyError(reply, toServiceError(error, request, services));
    },
    // A client that sends its request a byte a minute must not hold a connection for ever.
    requestTimeout: 120_000,
  });

  // The contract reads bodies itself: SES's wording for what can't be read is part of it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  mountAuthentication(app, services);
  app.get("/health", async () => services.health());
  mountSession(app, services);
  mountApi(app, services);
  mountAdmin(app, services);
  mountAdminAccessKeys(app, services);
  mountAdminLists(app, services);
  mountAdminImports(app, services);
  mountAdminIdentities(app, services);
  mountAdminQueue(app, services);
  mountDownloads(app, services);
  mountUploads(app, services);
  mountAdminMessages(app, services);
  mountAdminDashboard(app, services);
  mountSubscriptions(app, services);
  mountTracking(app, services);
  mountIdentityVerification(app, services);

  closeConnectionsInOrder(app, services.closeWithinMs ?? 10_000);
  const answerPage = mountDashboard(app);
  app.setNotFoundHandler((request, reply) =>
    isForPage(request) ? answerPage(reply) : replyError(reply, errors.unknownOperation()),
  );
  app.setErrorHandler<FastifyError | ServiceError>((error, request, reply) =>
    replyError(reply, toServiceError(error, request, services)),
  );
  return app;
}

function toServiceError(
  error: FastifyError | ServiceError,
  request: FastifyRequest,
  services: AppServices,
): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return errors.bodyTooLarge(services.maxBodyBytes);
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return errors.unsupportedMediaType(request.headers["content-type"] ?? "");
  }
  // What Fastify itself refuses: a length that does not match, a body that breaks off.
  if (error.statusCode !== undefined && error.statusCode < 500) return errors.serialization(error.message);
  request.log.error({ err: error }, "unexpected error");
  return errors.internal();
}
