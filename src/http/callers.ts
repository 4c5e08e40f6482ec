/** What the SES APIs know of their callers: the rights of the access key, and facts for the conditions of policies. */
import type { FastifyRequest } from "fastify";
import type { Caller } from "../access/authenticator.ts";
import { mayCall, mayCallSometimes } from "../access/policies/key-rights.ts";
import { resourcesOf } from "../access/policies/operation-resources.ts";
import { operationRights } from "../access/policies/operation-rights.ts";
import { userOf } from "../access/policies/policy-request.ts";
import { errors } from "../contract/errors.ts";
import type { CallContext, ClientFacts, OperationName } from "../contract/types.ts";
import type { OperationName as V1OperationName } from "../contract/v1/types.ts";
import { v2Counterparts } from "../operations/v1/counterparts.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { StatedCredential } from "./request-scope.ts";

/**
 * Throws access-denied unless the rights allow the call. For sends only whether they allow any: the identities are known
 * later (`operations/sending/authorize-sender.ts`). Without authentication there is no caller, and no limit.
 */
export function checkKeyRights(
  caller: Caller | undefined,
  operation: OperationName,
  { input, scope }: { input: unknown; scope: Scope },
): void {
  if (caller?.rights === undefined) return;
  const { rights } = caller;
  const resources = resourcesOf(operation, input, scope);
  const isSend = operationRights[operation] === "send";
  if (isSend ? mayCallSometimes(rights, operation) : mayCall(rights, operation, resources)) return;
  throw denied(caller, { action: `ses:${operation}`, resource: resources[0] ?? "*", scope });
}

/** The same for a call of v1. Rights for one identity allow none but those that send. */
export function checkV1KeyRights(caller: Caller | undefined, action: V1OperationName, scope: Scope): void {
  if (caller?.rights === undefined) return;
  const { rights } = caller;
  const operation = new Map<string, OperationName>(Object.entries(v2Counterparts)).get(action);
  const isSend = operation !== undefined && operationRights[operation] === "send";
  if (operation && (isSend ? mayCallSometimes(rights, operation) : mayCall(rights, operation, []))) return;
  throw denied(caller, { action: `ses:${action}`, resource: "*", scope });
}

function denied(
  { accessKeyId }: Caller,
  { action, resource, scope }: { action: string; resource: string; scope: Scope },
): Error {
  return errors.notAuthorized({ principal: userOf(scope.accountId, accessKeyId).arn, action, resource });
}

/**
 * What handlers know about a call over HTTP.
 * @param stated what an unauthenticated call says of itself
 */
export function callContext(
  request: FastifyRequest,
  { apiVersion, stated, now }: { apiVersion: "1" | "2"; stated?: StatedCredential | undefined; now: Date },
): CallContext {
  const { caller } = request;
  return {
    requestId: request.id,
    now,
    callerIdentity: caller?.accessKeyId ?? stated?.accessKeyId ?? "anonymous",
    sourceIp: request.ip,
    client: clientFacts(request, apiVersion),
    mayCall: (operation, resources) => mayCall(caller?.rights, operation, resources),
  };
}

/** What the conditions of policies may ask about a request. */
function clientFacts({ protocol, headers }: FastifyRequest, apiVersion: "1" | "2"): ClientFacts {
  return {
    apiVersion,
    secureTransport: protocol === "https",
    userAgent: headers["user-agent"],
    referer: headers.referer,
  };
}
