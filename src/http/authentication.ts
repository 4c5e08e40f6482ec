/**
 * Who may call what. Calls of the SES API and of the admin API are signed, or come from a browser that signed in, where
 * that is required; the admin API of access keys is for the server's own commands, always. All else is open: links with
 * signatures of their own, health. Where nothing is required, pages of other sites are kept out all the same.
 * A signature is checked before the body is read, where the request states the body's hash; the body's hash afterwards.
 */
import { createHash, type Hash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authenticator, Caller } from "../access/authenticator.ts";
import type { FailedAttempts } from "../access/failed-attempts.ts";
import { hasCsrfToken, type Sessions } from "../access/session.ts";
import { type Claim, unsignedPayload } from "../access/sigv4.ts";
import { errors, ServiceError } from "../contract/errors.ts";
import { isUnsafe, refuseCrossSite, refuseForeignHost } from "./browser-request.ts";
import { csrfHeader, sessionToken } from "./pages/session.ts";

/** What it works with. */
export interface AuthenticationServices {
  /** Whether calls must be signed at all. */
  authentication: "off" | "required";
  authenticator: Authenticator;
  failedAttempts: FailedAttempts;
  sessions: Sessions;
  /** Whether only this machine can reach the server. */
  local: boolean;
  publicUrl(): string;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who signed it, or is signed in; undefined where calls need not be signed. */
    caller: Caller | undefined;
    /** A signature of whose body is not yet known what it is. */
    unfinishedSignature: { readonly claim: Claim; readonly bodyHash: Hash } | undefined;
  }
}

/** Adds the checks to all routes of the application. */
export function mountAuthentication(app: FastifyInstance, services: AuthenticationServices): void {
  const { authentication, authenticator, failedAttempts, sessions, local, publicUrl } = services;
  app.decorateRequest("caller", undefined);
  app.decorateRequest("unfinishedSignature", undefined);

  app.addHook("onRequest", async (request) => {
    if (!mustBeSigned(request)) {
      if (isApi(request)) refuseStrangers(request);
      return;
    }
    const token = isForCommands(request) || isSigned(request) ? undefined : sessionToken(request);
    if (token !== undefined) return acceptSession(request, token);
    await refusing(request, async () => {
      const claim = authenticator.read(signable(request));
      if (claim.payloadHash !== undefined) await accept(request, claim, claim.payloadHash);
      if (claim.payloadHash !== unsignedPayload) {
        request.unfinishedSignature = { claim, bodyHash: createHash("sha256") };
      }
    });
  });

  app.addHook("preParsing", (request, _reply, payload, done) => {
    const unfinished = request.unfinishedSignature;
    // Nobody reads the body of these: it counts as none.
    if (unfinished && request.method !== "GET" && request.method !== "HEAD") {
      // The parser that follows at once listens, too: nothing is lost to it.
      payload.on("data", (chunk: Buffer | string) => unfinished.bodyHash.update(chunk));
    }
    done();
  });

  app.addHook("preValidation", async (request) => {
    if (!request.unfinishedSignature) return;
    const { claim, bodyHash } = request.unfinishedSignature;
    const hash = bodyHash.digest("hex");
    await refusing(request, async () => {
      if (claim.payloadHash === undefined) await accept(request, claim, hash);
      else if (claim.payloadHash !== hash) throw errors.signatureMismatch();
    });
  });

  function mustBeSigned(request: FastifyRequest): boolean {
    return isForCommands(request) || (authentication === "required" && isApi(request));
  }

  /** Who needs no signature is whoever reaches the server; a page of another site must not be among them. */
  function refuseStrangers(request: FastifyRequest): void {
    if (local) refuseForeignHost(request, publicUrl());
    refuseCrossSite(request, publicUrl());
  }

  /** The cookie alone is not enough to change something: browsers send it whoever's page asks. */
  async function acceptSession(request: FastifyRequest, token: string): Promise<void> {
    const session = await sessions.find(token);
    if (session === "ended") throw errors.sessionEnded();
    await refusing(request, async () => {
      if (session === "unknown") throw errors.sessionEnded();
      refuseCrossSite(request, publicUrl());
      if (isUnsafe(request) && !hasCsrfToken(session, csrfHeader(request))) throw errors.csrfToken();
    });
    if (typeof session === "object") request.caller = { accessKeyId: session.accessKeyId, kind: "session" };
  }

  async function accept(request: FastifyRequest, claim: Claim, payloadHash: string): Promise<void> {
    const caller = await authenticator.verify(signable(request), claim, payloadHash);
    if (isForCommands(request) && caller.kind !== "command") throw errors.commandKeyOnly();
    if (caller.kind === "command" && !isAdmin(request)) throw errors.notForCommandKey();
    request.caller = caller;
  }

  /** Counts and logs what is refused. */
  async function refusing(request: FastifyRequest, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (failedAttempts.count(request.ip)) throw errors.rateExceeded();
      request.log.warn(
        { ip: request.ip, error: error.code },
        "a call was refused: it is not signed, or signed in, as it must be",
      );
      throw error;
    }
  }
}

function signable({ method, raw }: FastifyRequest) {
  return { method, target: raw.url ?? "", rawHeaders: raw.rawHeaders };
}

/** Whether it brings a signature, right or wrong. */
function isSigned({ headers, raw }: FastifyRequest): boolean {
  return headers.authorization !== undefined || /[?&]X-Amz-(Algorithm|Credential|Signature)=/.test(raw.url ?? "");
}

// By the route that was found, not by the URL, of which there are several for one route.
const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? "";
const isAdmin = (request: FastifyRequest) => routeOf(request).startsWith("/admin/");
const isApi = (request: FastifyRequest) => isAdmin(request) || routeOf(request).startsWith("/v2/email/");
const isForCommands = (request: FastifyRequest) => routeOf(request).startsWith("/admin/access-keys");
