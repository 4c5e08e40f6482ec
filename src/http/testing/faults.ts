/** The rules of faults of a scope. See `docs/testing-faults.md`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FaultList, FaultRule } from "../../admin-api/faults.ts";
import type { Faults } from "../../faults/faults.ts";
import { Members } from "../../faults/members.ts";
import { type RuleContext, readRule } from "../../faults/read-rule.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface FaultServices {
  faults: Faults;
  /** Whether mail is captured, so that rules can choose its outcome. */
  captures: boolean;
  /** The default account in the default region, to which SMTP clients belong before they log in. */
  scopes: { readonly default: Scope };
  adminScope: RequestScopes["adminScope"];
}

type ById = FastifyRequest<{ Params: { id: string } }>;

/** Adds `GET`, `POST`, `PUT` and `DELETE` of `/faults`, and `GET` and `DELETE` of `/faults/{id}`, below the prefix. */
export function mountFaults(app: FastifyInstance, prefix: string, services: FaultServices): void {
  const { faults, captures, scopes, adminScope } = services;
  const url = `${prefix}/faults`;

  app.get(url, async (request, reply): Promise<FaultList> => {
    const scope = await scopeOf(request, reply);
    return { faults: faults.list(scope) };
  });

  app.post(url, async (request, reply): Promise<FaultRule> => {
    const scope = await scopeOf(request, reply);
    const added = faults.add(scope, readRule(request.body, contextOf(scope)));
    reply.code(201);
    return added;
  });

  app.put(url, async (request, reply): Promise<FaultList> => {
    const scope = await scopeOf(request, reply);
    const members = new Members(request.body, "the body");
    const list = members.list("faults");
    members.end();
    const rules = list.map((rule) => readRule(rule, contextOf(scope)));
    return { faults: faults.replace(scope, rules) };
  });

  app.delete(url, async (request, reply): Promise<{ deleted: number }> => {
    const scope = await scopeOf(request, reply);
    return { deleted: faults.clear(scope) };
  });

  app.get(`${url}/:id`, async (request: ById, reply): Promise<FaultRule | FastifyReply> => {
    const scope = await scopeOf(request, reply);
    return faults.find(scope, request.params.id) ?? refuse(reply, 404, unknownRule);
  });

  app.delete(`${url}/:id`, async (request: ById, reply) => {
    const scope = await scopeOf(request, reply);
    return faults.remove(scope, request.params.id) ? reply.code(204).send() : refuse(reply, 404, unknownRule);
  });

  const unknownRule = "There is no fault rule with this id.";

  async function scopeOf(request: FastifyRequest, reply: FastifyReply): Promise<number> {
    reply.header("cache-control", "no-store");
    new QueryParameters(request.raw.url ?? "").end();
    return (await adminScope(request)).id;
  }

  function contextOf(scope: number): RuleContext {
    return { captures, hasAnonymousSmtp: scope === scopes.default.id };
  }
}
