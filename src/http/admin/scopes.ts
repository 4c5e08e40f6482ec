/** The accounts and regions that a caller of the admin API can choose. See `docs/accounts.md`. */
import type { FastifyInstance } from "fastify";
import type { Accounts } from "../../accounts/accounts.ts";
import type { ScopeChoices } from "../../admin-api/scopes.ts";
import type { ServedRegions } from "../../config/regions.ts";
import { QueryParameters } from "../query-parameters.ts";
import { isOperator, type RequestScopes } from "../request-scope.ts";

export interface AdminScopeServices {
  accounts: Pick<Accounts, "list">;
  regions: Pick<ServedRegions, "named" | "serves">;
  adminScope: RequestScopes["adminScope"];
}

/** Adds `GET /admin/scopes`. */
export function mountAdminScopes(admin: FastifyInstance, { accounts, regions, adminScope }: AdminScopeServices): void {
  admin.get("/admin/scopes", { exposeHeadRoute: false }, async (request, reply): Promise<ScopeChoices> => {
    new QueryParameters(request.raw.url ?? "").end();
    const own = await adminScope(request);
    const operator = isOperator(request);
    const seen = (await accounts.list()).filter(({ id }) => operator || id === own.accountId);
    reply.header("cache-control", "no-store");
    return {
      operator,
      account: own.accountId,
      region: own.region,
      accounts: seen.map(({ id, name, regions: used }) => ({
        id,
        name,
        regions: [...new Set([...regions.named, ...used.filter(regions.serves)])].sort(),
      })),
    };
  });
}
