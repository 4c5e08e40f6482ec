/** The rights of the caller's access key in calls of the SES API. */

import type { Caller } from "../access/authenticator.ts";
import { mayCall, mayCallSometimes } from "../access/policies/key-rights.ts";
import { resourcesOf } from "../access/policies/operation-resources.ts";
import { operationRights } from "../access/policies/operation-rights.ts";
import { userOf } from "../access/policies/policy-request.ts";
import { errors } from "../contract/errors.ts";
import type { OperationName } from "../contract/types.ts";
import type { Scope } from "../stores/postgres/scopes.ts";

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
  const { rights, accessKeyId } = caller;
  const resources = resourcesOf(operation, input, scope);
  const isSend = operationRights[operation] === "send";
  if (isSend ? mayCallSometimes(rights, operation) : mayCall(rights, operation, resources)) return;
  const { arn: principal } = userOf(scope.accountId, accessKeyId);
  throw errors.notAuthorized({ principal, action: `ses:${operation}`, resource: resources[0] ?? "*" });
}
