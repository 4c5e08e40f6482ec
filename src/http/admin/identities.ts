/** The admin API of identities: the DNS records of an identity, and checking them. See `docs/identities.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type CheckServices, checkNow } from "../../identities/check-now.ts";
import { type DnsAdviceServices, dnsAdvice } from "../../identities/dns-records.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { refuse } from "../files/signed-file.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminIdentityServices {
  /** For the identities of all scopes. */
  identityDns: Omit<DnsAdviceServices & CheckServices, "database"> & { database: Database };
  adminScope: RequestScopes["adminScope"];
}

/**
 * Adds `GET /admin/identities/{identity}/dns`, which returns JSON, or zone file lines with `?format=zone`; and
 * `POST /admin/identities/{identity}/check`, which checks the identity's verification immediately and returns no body.
 */
export function mountAdminIdentities(admin: FastifyInstance, { identityDns, adminScope }: AdminIdentityServices): void {
  const dnsOf = async (request: FastifyRequest) => ({
    ...identityDns,
    database: inScope(identityDns.database, (await adminScope(request)).id),
  });

  admin.get<{ Params: { identity: string }; Querystring: Readonly<Record<string, unknown>> }>(
    "/admin/identities/:identity/dns",
    async (request, reply) => {
      const { format = "json", account: _, region: __, ...others } = request.query;
      if ((format !== "json" && format !== "zone") || Object.keys(others).length > 0) {
        return refuse(reply, 400, "The query may have format=json or format=zone.");
      }
      const advice = await dnsAdvice(await dnsOf(request), request.params.identity);
      if (!advice) return refuse(reply, 404, "There is no such email identity.");
      reply.header("cache-control", "no-store");
      if (format === "json") return advice;
      const lines = advice.records.flatMap(({ purpose, state, found, zone }) => [
        `; ${purpose}: ${state}${state === "differs" ? `, found ${found.map((text) => JSON.stringify(text)).join(" ")}` : ""}`,
        zone,
      ]);
      return reply.type("text/plain; charset=utf-8").send(`${lines.join("\n")}\n`);
    },
  );

  admin.post<{ Params: { identity: string } }>("/admin/identities/:identity/check", async (request, reply) => {
    if (!(await checkNow(await dnsOf(request), request.params.identity))) {
      return refuse(reply, 404, "There is no such email identity.");
    }
    return reply.code(204).send();
  });
}
