/** Decides requests as IAM does: an explicit Deny wins, and without an Allow another account may do nothing. */
import type { PolicyRequest, RequestContext } from "./policy-request.ts";
import type { Statement } from "./statement.ts";

/** `none`: no statement matches. */
export type Decision = "allow" | "deny" | "none";

/** What an identity's policies say about a request. The order of statements doesn't matter. */
export function decide(statements: readonly Statement[], request: PolicyRequest): Decision {
  if (statements.length === 0) return "none";
  let context: RequestContext | undefined;
  const known = {
    principal: request.principal,
    context: () => {
      context ??= request.context();
      return context;
    },
  };
  const action = request.action.toLowerCase();
  let decision: Decision = "none";
  for (const statement of statements) {
    // What another statement already allows needs no second Allow.
    if (statement.effect === decision) continue;
    const matches =
      statement.principals.include(request.principal) &&
      statement.action(action) &&
      statement.resource(request.resource) &&
      statement.conditions.every((holds) => holds(known));
    if (matches && statement.effect === "deny") return "deny";
    if (matches) decision = "allow";
  }
  return decision;
}

/**
 * Whether an identity's policies let the request pass. The account that owns the identity needs no Allow, but a Deny
 * applies to it, too. Rights of the access key are checked elsewhere (`mayCall`).
 */
export function isPermitted(statements: readonly Statement[], request: PolicyRequest): boolean {
  const decision = decide(statements, request);
  const owner = request.resource.split(":", 5)[4];
  return decision === "allow" || (decision === "none" && owner === request.principal.accountId);
}
