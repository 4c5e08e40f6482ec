/** The admin API of identities: the DNS records that one needs. `docs/identities.md` describes it. */
import type { FastifyInstance } from "fastify";
import { type DnsAdviceServices, dnsAdvice } from "../identities/dns-records.ts";
import { refuse } from "./signed-file.ts";

/** What it is answered from. */
export interface AdminIdentityServices {
  identityDns: DnsAdviceServices;
}

/** Adds `GET /admin/identities/{identity}/dns`: JSON, or with `?format=zone` lines for a zone file. */
export function mountAdminIdentities(app: FastifyInstance, { identityDns }: AdminIdentityServices): void {
  app.get<{ Params: { identity: string }; Querystring: Readonly<Record<string, unknown>> }>(
    "/admin/identities/:identity/dns",
    async (request, reply) => {
      const { format = "json", ...others } = request.query;
      if ((format !== "json" && format !== "zone") || Object.keys(others).length > 0) {
        return refuse(reply, 400, "The query may have format=json or format=zone.");
      }
      const advice = await dnsAdvice(identityDns, request.params.identity);
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
}
