/** Resets for test suites. See `docs/testing-api.md`. */
import type { FastifyInstance } from "fastify";
import { optional, picklist, safeParse, strictObject } from "valibot";
import type { Reset } from "../../accounts/reset.ts";
import { errors } from "../../contract/errors.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import { isOperator, type RequestScopes } from "../request-scope.ts";

export interface TestingResetServices {
  reset: Reset;
  adminScope: RequestScopes["adminScope"];
}

const scopes = ["own", "all"] as const;
const bodySchema = strictObject({ scope: optional(picklist(scopes)) });

/** Adds `POST /testing/reset`. */
export function mountTestingReset(app: FastifyInstance, { reset, adminScope }: TestingResetServices): void {
  app.post("/testing/reset", async (request, reply) => {
    const query = new QueryParameters(request.raw.url ?? "");
    const asked = query.choice("scope", scopes) ?? scopeIn(request.body);
    query.end();
    const isAll = asked === "all";
    if (isAll && !isOperator(request)) throw errors.operatorsOnly();
    await reset.reset(isAll ? undefined : (await adminScope(request)).id);
    return reply.code(204).send();
  });
}

function scopeIn(body: unknown): (typeof scopes)[number] | undefined {
  if (body === undefined || body === null) return undefined;
  const read = safeParse(bodySchema, body);
  if (read.success) return read.output.scope;
  throw new QueryError('The body must be {"scope":"own"}, {"scope":"all"}, or left out.');
}
