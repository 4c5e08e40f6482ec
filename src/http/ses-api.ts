/** The SES v2 API: routes and decodes requests, checks constraints, calls handlers, encodes responses. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { checkBounds } from "../contract/bounds.ts";
import { checkConstraints } from "../contract/constraints.ts";
import { decode, type WireRequest } from "../contract/decode.ts";
import { encode } from "../contract/encode.ts";
import { ServiceError } from "../contract/errors/service-error.ts";
import { errors } from "../contract/errors.ts";
import { checksItself } from "../contract/observations.ts";
import { bodyOfOlderList } from "../contract/older-paths.ts";
import { route } from "../contract/router.ts";
import type { CallContext, Handlers, OperationName } from "../contract/types.ts";
import { type Faults, withFaults } from "../faults/faults.ts";
import { ConnectionBreak } from "../faults/injected.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { readGetBodies } from "./bodies/get-bodies.ts";
import { breakConnection } from "./break-connection.ts";
import { callContext, checkKeyRights } from "./callers.ts";
import { replyError } from "./error-reply.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { type RequestScopes, statedCredential } from "./request-scope.ts";

export interface ApiServices {
  scopeOf: RequestScopes["scopeOf"];
  /** The operations on the resources of a scope. */
  operationsOf(scope: Scope): ScopeOperations;
  /** Faults on demand; undefined without them. */
  faults?: Faults | undefined;
  clock: () => Date;
}

/** The operations of one scope. */
export interface ScopeOperations {
  handlers: Handlers;
  /** If unset, calls are not limited. */
  rateLimiter?: RateLimiter | undefined;
}

const none: Uint8Array = new Uint8Array(0);

/** The plugin with all routes under `/v2/email/`, and those under `/v1/email/` that older SDKs use. */
export async function sesApi(app: FastifyInstance, services: ApiServices): Promise<void> {
  const { scopeOf, operationsOf, faults, clock } = services;
  // A body is read only for an operation. Without one, the handler answers, after the signature has been verified.
  app.addHook("onRequest", ({ method, raw }, _reply, done) => {
    const hasBody = raw.headers["transfer-encoding"] !== undefined || Number(raw.headers["content-length"]) > 0;
    if (hasBody && !route(method, pathOf(raw.url ?? ""))) throw errors.unknownOperation();
    // As in SES, the type of a body does not matter. Fastify would refuse one that is no media type. Not deleted: that
    // would make all later reads of headers slow.
    raw.headers["content-type"] = undefined;
    done();
  });
  readGetBodies(app);
  for (const url of ["/v1/email/*", "/v2/email/*"]) {
    app.route({ method: ["DELETE", "GET", "POST", "PUT"], url, handler: reply });
  }

  async function reply(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.header("x-amzn-requestid", request.id);
    try {
      const body = await answer(request);
      return reply.header("content-type", "application/json").send(body);
    } catch (error) {
      if (error instanceof ConnectionBreak) return breakConnection(request, reply);
      const told = error instanceof ServiceError ? error : errors.unexpected(error);
      if (told !== error) request.log.error({ err: error, requestId: request.id }, "unexpected error");
      return replyError(reply, told);
    }
  }

  async function answer(request: FastifyRequest): Promise<string> {
    const url = request.raw.url ?? "";
    const queryAt = url.indexOf("?");
    const found = route(request.method, pathOf(url));
    if (!found) throw errors.unknownOperation();
    const { caller } = request;
    const stated = caller ? undefined : statedCredential(request);
    const scope = await scopeOf(request, stated);
    const { handlers, rateLimiter } = operationsOf(scope);
    // SES's limits are meant for programs; a dashboard page makes several calls at once.
    if (caller?.kind !== "session") rateLimiter?.call(found.operation.name);
    const body = request.body instanceof Uint8Array ? request.body : (request.getBody ?? none);
    const query = queryAt < 0 ? "" : url.slice(queryAt + 1);
    const wire = { labels: found.labels, query, body: found.olderList ? bodyOfOlderList(query, body) : body };
    const { name } = found.operation;
    const permit = (input: unknown) => checkKeyRights(caller, name, { input, scope });
    const context = callContext(request, { apiVersion: "2", stated, now: clock() });
    const point = () => ({ at: "call", api: "v2", operation: name }) as const;
    return withFaults({ faults, scope, point }, () => call(handlers, name, wire, { context, permit }));
  }
}

const pathOf = (url: string) => url.split("?", 1)[0] ?? "";

async function call<Name extends OperationName>(
  handlers: Handlers,
  name: Name,
  wire: WireRequest,
  { context, permit }: { context: CallContext; permit: (input: unknown) => void },
): Promise<string> {
  const handler = handlers[name];
  if (!handler) throw errors.notWritten(name);
  const input = decode(name, wire);
  permit(input);
  checkBounds(name, input);
  if (!checksItself.has(name)) checkConstraints(name, input);
  return encode(name, await handler(input, context));
}
