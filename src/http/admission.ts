/** Who may use the routes beside the SES API, and with what bodies: of the admin API and the testing API. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { mayReadAll } from "../access/policies/key-rights.ts";
import { errors } from "../contract/errors.ts";
import { addJsonParser } from "./bodies/bodies.ts";
import { statedLength } from "./bodies/read-body.ts";
import { isOperator } from "./request-scope.ts";

/** A key with rights may at most read here: most routes have no counterpart among SES's operations. */
export function checkRights({ caller, method }: FastifyRequest): void {
  if (caller?.rights === undefined) return;
  const reads = method === "GET" || method === "HEAD";
  if (!reads || !mayReadAll(caller.rights)) throw errors.rightsOfKey();
}

/** For routes about all accounts: other callers are refused. */
export function admitOperatorsOnly(admin: FastifyInstance): void {
  admin.addHook("preHandler", async (request) => {
    if (!isOperator(request)) throw errors.operatorsOnly();
  });
}

/** Refuses bodies of other types, also where the route has no use for a body. A request without a body may state any. */
export function acceptJsonOnly(admin: FastifyInstance): void {
  admin.removeAllContentTypeParsers();
  addJsonParser(admin);
  admin.addContentTypeParser("*", async (request: FastifyRequest) => {
    if (statedLength(request) === 0) return undefined;
    throw errors.unsupportedMediaType(request.headers["content-type"] ?? "");
  });
}
