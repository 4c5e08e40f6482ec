/**
 * Authentication. If it is required, calls of the SES API, the admin API and the testing API must be signed or have a dashboard session.
 * The admin API of access keys always requires a key of the server's own commands. Other routes are open: signed links
 * and health. Even if authentication is off, requests by pages of other sites are rejected.
 * If the request states its body's hash, the signature is verified before the body is read, and the hash afterwards.
 */
import { createHash, type Hash } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authenticator, Caller } from "../access/authenticator.ts";
import type { FailedAttempts } from "../access/failed-attempts.ts";
import { hasCsrfToken, type Sessions } from "../access/session.ts";
import { type Claim, unsignedPayload } from "../access/sigv4.ts";
import { ServiceError } from "../contract/errors/service-error.ts";
import { errors } from "../contract/errors.ts";
import { isUnsafe, isV1Call, refuseCrossSite, refuseForeignHost } from "./browser-request.ts";
import { csrfHeader, sessionToken } from "./pages/session.ts";
import { refuseMultiRegionSignature, refuseOldSignature } from "./refused-signatures.ts";

export interface AuthenticationServices {
  /** Whether calls must be signed. */
  authentication: "off" | "required";
  authenticator: Authenticator;
  failedAttempts: FailedAttempts;
  sessions: Sessions;
  publicUrl(): string;
}

/** A signature whose body's hash is still to be checked. */
interface UnfinishedSignature {
  readonly claim: Claim;
  /** `bodies/` hashes what it reads; a body that no route reads counts as empty. */
  readonly bodyHash: Hash;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The authenticated caller; undefined if authentication is not required. */
    caller: Caller | undefined;
    unfinishedSignature: UnfinishedSignature | undefined;
  }
  interface FastifyContextConfig {
    /** Whether the route is one for test suites, which needs the same credentials as the admin API. */
    testing?: boolean;
  }
}

/** Some clients of the SES API v1 take the service's name from its host, `email.us-east-1.amazonaws.com`. */
const v1Services = ["email"];

/** Adds the checks to all routes. */
export function mountAuthentication(app: FastifyInstance, services: AuthenticationServices): void {
  const { authentication, authenticator, failedAttempts, sessions, publicUrl } = services;
  app.decorateRequest("caller", undefined);
  app.decorateRequest("unfinishedSignature", undefined);

  // Hooks with `done`: those that have nothing to wait for cost no promise.
  app.addHook("onRequest", (request, _reply, done) => {
    if (isV1Call(request)) refuseOldSignature(request);
    if (isApi(request)) refuseMultiRegionSignature(request);
    if (mustBeSigned(request)) {
      authenticate(request).then(() => done(), done);
      return;
    }
    if (isApi(request)) refuseStrangers(request);
    done();
  });

  app.addHook("preValidation", (request, _reply, done) => {
    const { unfinishedSignature } = request;
    if (unfinishedSignature) finishSignature(request, unfinishedSignature).then(() => done(), done);
    else done();
  });

  async function authenticate(request: FastifyRequest): Promise<void> {
    const token = isForCommands(request) || isSigned(request) ? undefined : sessionToken(request);
    if (token !== undefined) return acceptSession(request, token);
    await refusing(request, async () => {
      const claim = authenticator.read(signable(request), isV1Call(request) ? v1Services : undefined);
      if (claim.payloadHash !== undefined) await accept(request, claim, claim.payloadHash);
      // The signature can only be verified with the body, which is not read for an unknown key.
      else await authenticator.checkKey(claim);
      if (claim.payloadHash !== unsignedPayload) {
        request.unfinishedSignature = { claim, bodyHash: createHash("sha256") };
      }
    });
  }

  async function finishSignature(request: FastifyRequest, { claim, bodyHash }: UnfinishedSignature): Promise<void> {
    const hash = bodyHash.digest("hex");
    await refusing(request, async () => {
      if (claim.payloadHash === undefined) await accept(request, claim, hash);
      else if (claim.payloadHash !== hash) throw errors.signatureMismatch();
    });
  }

  function mustBeSigned(request: FastifyRequest): boolean {
    return isForCommands(request) || (authentication === "required" && isApi(request));
  }

  /** Without authentication, everyone who can reach the server may call it, except pages of other sites. */
  function refuseStrangers(request: FastifyRequest): void {
    refuseForeignHost(request, publicUrl());
    refuseCrossSite(request, publicUrl());
  }

  /** The cookie alone doesn't allow changes: browsers also send it with requests by pages of other sites. */
  async function acceptSession(request: FastifyRequest, token: string): Promise<void> {
    const session = await sessions.find(token);
    if (session === "ended") throw errors.sessionEnded();
    await refusing(request, async () => {
      if (session === "unknown") throw errors.sessionEnded();
      refuseCrossSite(request, publicUrl());
      if (isUnsafe(request) && !hasCsrfToken(session, csrfHeader(request))) throw errors.csrfToken();
    });
    if (typeof session !== "object") return;
    const { accessKeyId, accountId, operator, rights } = session;
    request.caller = { accessKeyId, accountId, operator, rights, region: undefined, kind: "session" };
  }

  async function accept(request: FastifyRequest, claim: Claim, payloadHash: string): Promise<void> {
    const caller = await authenticator.verify(signable(request), claim, payloadHash);
    if (isForCommands(request) && caller.kind !== "command") throw errors.commandKeyOnly();
    if (caller.kind === "command" && !isAdmin(request)) throw errors.notForCommandKey();
    request.caller = caller;
  }

  /** Counts and logs rejected calls. */
  async function refusing(request: FastifyRequest, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (failedAttempts.count(request.ip)) throw errors.rateExceeded();
      request.log.warn(
        { ip: request.ip, error: error.code },
        "a call was rejected: its signature or session is missing or invalid",
      );
      throw error;
    }
  }
}

function signable({ method, raw }: FastifyRequest) {
  return { method, target: raw.url ?? "", rawHeaders: raw.rawHeaders };
}

/** Whether the request has a signature, valid or not. */
function isSigned({ headers, raw }: FastifyRequest): boolean {
  return headers.authorization !== undefined || /[?&]X-Amz-(Algorithm|Credential|Signature)=/.test(raw.url ?? "");
}

// By the matched route, not by the URL, since several URLs match one route.
const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? "";
const isAdmin = (request: FastifyRequest) => routeOf(request).startsWith("/admin/");
const isSes = (request: FastifyRequest) => /^\/v[12]\/email\//.test(routeOf(request));
const isTesting = (request: FastifyRequest) => request.routeOptions.config?.testing === true;
const isApi = (request: FastifyRequest) =>
  isAdmin(request) || isSes(request) || isV1Call(request) || isTesting(request);
const isForCommands = (request: FastifyRequest) => routeOf(request).startsWith("/admin/access-keys");
