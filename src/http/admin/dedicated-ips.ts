/** The admin API of dedicated IP addresses. See `docs/dedicated-ips.md`. */
import type { FastifyInstance } from "fastify";
import { boolean, optional, safeParse, strictObject, string } from "valibot";
import type { Scopes } from "../../accounts/scopes.ts";
import type { RegisteredIp, RegisteredIpList } from "../../admin-api/dedicated-ips.ts";
import type { DedicatedIpRegistry, InspectedIp } from "../../dedicated-ips/registry.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminDedicatedIpServices {
  dedicatedIps: DedicatedIpRegistry;
  adminScope: RequestScopes["adminScope"];
  limitedTo: RequestScopes["limitedTo"];
  scopeById: Scopes["byId"];
}

const newIp = strictObject({ address: string(), ehloName: string(), unbound: optional(boolean(), false) });

/**
 * Adds `GET` and `POST /admin/dedicated-ips`, and `DELETE /admin/dedicated-ips/{address}`. Only operators may call them. An
 * address belongs to the account and region that the parameters of POST name.
 */
export function mountAdminDedicatedIps(admin: FastifyInstance, services: AdminDedicatedIpServices): void {
  const { dedicatedIps, adminScope, limitedTo, scopeById } = services;

  async function shown({ scope, registeredAt, warmup, ...ip }: InspectedIp): Promise<RegisteredIp> {
    const { accountId, region } = await scopeById(scope);
    const { today, ...rest } = warmup;
    return {
      ...ip,
      account: accountId,
      region,
      registeredAt: registeredAt.toISOString(),
      warmup: { ...rest, ...(today && { today }) },
    };
  }

  admin.get("/admin/dedicated-ips", { exposeHeadRoute: false }, async (request, reply): Promise<RegisteredIpList> => {
    new QueryParameters(request.raw.url ?? "").end();
    reply.header("cache-control", "no-store");
    const listed = await dedicatedIps.list((await limitedTo(request))?.id);
    return { dedicatedIps: await Promise.all(listed.map(shown)) };
  });

  admin.post("/admin/dedicated-ips", async (request, reply) => {
    new QueryParameters(request.raw.url ?? "").end();
    const { success, output } = safeParse(newIp, request.body, { abortEarly: true });
    if (!success) {
      const members = "address and ehloName, texts; unbound, true or false";
      return refuse(reply, 400, `A dedicated IP address takes a JSON object: ${members}.`);
    }
    const { id } = await adminScope(request);
    return reply.code(201).send(await shown(await dedicatedIps.register(id, output)));
  });

  admin.delete<{ Params: { address: string } }>("/admin/dedicated-ips/:address", async (request, reply) => {
    await dedicatedIps.remove(request.params.address);
    return reply.code(204).send();
  });
}
