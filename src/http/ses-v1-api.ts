/**
 * The SES API v1, in the Query protocol: all operations are requests for `/` with an `Action`. As in SES, the method does
 * not matter, and parameters may be in the query and the body. A GET without an action is a browser's, for the dashboard.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CallContext } from "../contract/types.ts";
import { checkConstraints } from "../contract/v1/constraints.ts";
import { decode } from "../contract/v1/decode.ts";
import { encode, encodeError } from "../contract/v1/encode.ts";
import { v1Errors } from "../contract/v1/errors.ts";
import { queryErrorOf } from "../contract/v1/map-error.ts";
import { apiVersion, isOperationName } from "../contract/v1/model.ts";
import { type Parameter, readParameters, requestedAction } from "../contract/v1/parameters.ts";
import type { Handlers, OperationName } from "../contract/v1/types.ts";
import { type Faults, withFaults } from "../faults/faults.ts";
import { ConnectionBreak, InjectedError } from "../faults/injected.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { breakConnection } from "./break-connection.ts";
import { v1Path } from "./browser-request.ts";
import { callContext, checkV1KeyRights } from "./callers.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { refuseOldParameters } from "./refused-signatures.ts";
import { type RequestScopes, statedCredential } from "./request-scope.ts";

export interface V1ApiServices {
  /** The account and region that a request is about. */
  scopeOf: RequestScopes["scopeOf"];
  /** The operations on the resources of a scope. */
  operationsOf(scope: Scope): V1ScopeOperations;
  /** Faults on demand; undefined without them. */
  faults?: Faults | undefined;
  clock: () => Date;
}

/** The operations of one scope. */
export interface V1ScopeOperations {
  handlers: Handlers;
  /** If unset, calls are not limited. */
  rateLimiter?: RateLimiter | undefined;
}

const none: Uint8Array = new Uint8Array(0);

type Strategy = Parameters<FastifyInstance["addConstraintStrategy"]>[0];
type Stored = NonNullable<ReturnType<ReturnType<Strategy["storage"]>["get"]>>;

/** Routes with `action: "given"` match only requests with an action in their query. */
const byAction: Strategy = {
  name: "action",
  storage() {
    const stored = new Map<unknown, Stored>();
    return { get: (key) => stored.get(key) ?? null, set: (key, store) => void stored.set(key, store) };
  },
  deriveConstraint: ({ url = "" }) => (/[?&]Action=/.test(url) ? "given" : undefined),
};

/** The plugin with the route `/`. */
export async function sesV1Api(app: FastifyInstance, services: V1ApiServices): Promise<void> {
  const { scopeOf, operationsOf, faults, clock } = services;
  app.addConstraintStrategy(byAction);
  // As in SES, the type of a body does not matter. Fastify would refuse one that is no media type.
  app.addHook("onRequest", async ({ raw }) => {
    delete raw.headers["content-type"];
  });
  // Errors before the handler: of the signature, or while the body is read.
  app.setErrorHandler((error, request, reply) => replyError(request, reply, error));
  app.route({ method: ["DELETE", "POST"], url: v1Path, handler: reply });
  app.route({ method: "GET", url: v1Path, constraints: { action: "given" }, exposeHeadRoute: false, handler: reply });

  async function reply(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const body = await answer(request);
      return reply.header("x-amzn-requestid", request.id).type("text/xml").send(body);
    } catch (error) {
      if (error instanceof ConnectionBreak) return breakConnection(request, reply);
      return replyError(request, reply, error instanceof InjectedError ? error.query : error);
    }
  }

  async function answer(request: FastifyRequest): Promise<string> {
    const [, query = ""] = (request.raw.url ?? "").split(/\?(.*)/s);
    const parameters = readParameters(query, request.body instanceof Uint8Array ? request.body : none);
    refuseOldParameters(new Map(parameters));
    const { action, version } = requestedAction(parameters);
    if (version !== apiVersion || !isOperationName(action)) throw v1Errors.actionUnknown(action, version);
    const { caller } = request;
    const stated = caller ? undefined : statedCredential(request);
    const scope = await scopeOf(request, stated);
    const { handlers, rateLimiter } = operationsOf(scope);
    // As in v2, a dashboard's calls are not limited.
    if (caller?.kind !== "session") rateLimiter?.call(action);
    const context = callContext(request, { apiVersion: "1", stated, now: clock() });
    const permit = () => checkV1KeyRights(caller, action, scope);
    const point = () => ({ at: "call", api: "v1", operation: action }) as const;
    return withFaults({ faults, scope, point }, () => call(handlers, action, parameters, { context, permit }));
  }
}

async function call<Name extends OperationName>(
  handlers: Handlers,
  name: Name,
  parameters: readonly Parameter[],
  { context, permit }: { context: CallContext; permit: () => void },
): Promise<string> {
  const handler = handlers[name];
  if (!handler) throw v1Errors.notWritten(name);
  permit();
  const input = decode(name, parameters);
  checkConstraints(name, input);
  return encode(name, await handler(input, context), context.requestId);
}

function replyError(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = queryErrorOf(thrown, (defect) => {
    request.log.error({ err: defect, requestId: request.id }, "unexpected error");
  });
  if (error.status === 503) reply.header("retry-after", "1");
  if (error.status === 408) reply.header("connection", "close");
  return reply
    .code(error.status)
    .header("x-amzn-requestid", request.id)
    .type("text/xml")
    .send(encodeError(error, request.id));
}
