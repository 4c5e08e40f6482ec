/** The account and region that a call of the testing API is about. */
import type { FastifyRequest } from "fastify";
import { errors } from "../../contract/errors.ts";
import type { QueryParameters } from "../query-parameters.ts";
import { isOperator, type RequestScopes } from "../request-scope.ts";

/**
 * That of the parameters `account` and `region`, by default the caller's own, so that suites on one server don't see each
 * other. Undefined for all, with `scope=all`, which only operators may say.
 */
export type TestingScope = (request: FastifyRequest, query: QueryParameters) => Promise<number | undefined>;

export function createTestingScope({ adminScope }: Pick<RequestScopes, "adminScope">): TestingScope {
  return async (request, query) => {
    if (query.choice("scope", ["own", "all"]) !== "all") return (await adminScope(request)).id;
    if (!isOperator(request)) throw errors.operatorsOnly();
    return undefined;
  };
}
