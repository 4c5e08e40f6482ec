/** Dashboard sign-in with an access key, and sign-out. Scripts can't read the cookie, and other sites can't use it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FailedAttempts } from "../../access/failed-attempts.ts";
import { hasCsrfToken, type Sessions, sessionSeconds } from "../../access/session.ts";
import type { SessionState, SignIn } from "../../admin-api/session.ts";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import { addJsonParser } from "../bodies/bodies.ts";
import { refuseCrossSite, refuseForeignHost } from "../browser-request.ts";
import { refuse } from "../files/signed-file.ts";

export interface SessionServices {
  authentication: "off" | "required";
  sessions: Sessions;
  failedAttempts: FailedAttempts;
  publicUrl(): string;
}

const cookieName = "mailglass_session";
/** In bytes; more than an access key takes. */
const largestBody = 4096;

/** Adds `/session`. See `docs/dashboard.md`. */
export function mountSession(app: FastifyInstance, services: SessionServices): void {
  const { authentication, sessions, failedAttempts, publicUrl } = services;
  const required = authentication === "required";

  app.register(async (scope) => {
    addJsonParser(scope);
    scope.addHook("onRequest", async (request, reply) => {
      reply.header("cache-control", "no-store");
      if (!required) refuseForeignHost(request, publicUrl());
      refuseCrossSite(request, publicUrl());
    });

    scope.get("/session", async (request): Promise<SessionState> => {
      const token = required ? sessionToken(request) : undefined;
      const session = token === undefined ? undefined : await sessions.find(token);
      if (typeof session !== "object") return { required };
      return { required, signedInAs: session.accessKeyId, csrf: session.csrf };
    });

    scope.post("/session", { bodyLimit: largestBody }, async (request, reply): Promise<SessionState | FastifyReply> => {
      if (!required) return { required };
      const key = readSignIn(request.body);
      if (!key) return refuse(reply, 400, "signing in takes a JSON object of two texts: accessKeyId, secretAccessKey");
      try {
        const { token, session } = await sessions.begin(key.accessKeyId, key.secretAccessKey);
        reply.header("set-cookie", cookie(token, sessionSeconds, isSecure(request, publicUrl())));
        return { required, signedInAs: session.accessKeyId, csrf: session.csrf };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (failedAttempts.count(request.ip)) throw errors.rateExceeded();
        request.log.warn({ ip: request.ip, error: error.code }, "a sign-in to the dashboard was rejected");
        throw error;
      }
    });

    scope.delete("/session", async (request, reply) => {
      const token = required ? sessionToken(request) : undefined;
      const session = token === undefined ? undefined : await sessions.find(token);
      if (token !== undefined && typeof session === "object") {
        if (!hasCsrfToken(session, csrfHeader(request))) throw errors.csrfToken();
        await sessions.end(token);
      }
      return reply
        .header("set-cookie", cookie("", 0, isSecure(request, publicUrl())))
        .code(204)
        .send();
    });
  });
}

/** The token in a request's cookie; undefined if there is none. */
export function sessionToken({ headers }: FastifyRequest): string | undefined {
  for (const pair of headers.cookie?.split(";") ?? []) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === cookieName && value) return value;
  }
  return undefined;
}

/** The CSRF token in a request's header. */
export function csrfHeader({ headers }: FastifyRequest): string | undefined {
  const stated = headers["x-csrf-token"];
  return typeof stated === "string" ? stated : undefined;
}

/** Whether the browser uses HTTPS, even if a proxy terminates it: by Origin, or else by the public URL. */
function isSecure({ headers, protocol }: FastifyRequest, publicUrl: string): boolean {
  return protocol === "https" || (headers.origin ?? publicUrl).startsWith("https:");
}

/** RFC 6265, section 4.1. */
function cookie(value: string, seconds: number, secure: boolean): string {
  return `${cookieName}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

function readSignIn(body: unknown): SignIn | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { accessKeyId, secretAccessKey }: { accessKeyId?: unknown; secretAccessKey?: unknown } = body;
  if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") return undefined;
  return { accessKeyId, secretAccessKey };
}
