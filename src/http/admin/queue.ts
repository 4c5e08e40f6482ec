/** The admin API of the send queue: waiting mail, its recipients' domains, and reasons. See `docs/queue.md`. */
import type { FastifyInstance } from "fastify";
import type { Queryable } from "../../stores/postgres/database.ts";
import { countQueued, selectQueuedDomains } from "../../stores/postgres/queue-status.ts";
import type { RequestScopes } from "../request-scope.ts";

/** How many domains are listed. */
const mostDomains = 100;

export interface AdminQueueServices {
  database: Queryable;
  limitedTo: RequestScopes["limitedTo"];
}

/** Adds `GET /admin/queue`. */
export function mountAdminQueue(admin: FastifyInstance, { database, limitedTo }: AdminQueueServices): void {
  admin.get("/admin/queue", async (request, reply) => {
    const scope = (await limitedTo(request))?.id;
    reply.header("cache-control", "no-store");
    return {
      ...(await countQueued(database, scope)),
      domains: await selectQueuedDomains(database, mostDomains, scope),
    };
  });
}
