/** The admin API of the send queue: waiting mail, its recipients' domains, and reasons. See `docs/queue.md`. */
import type { FastifyInstance } from "fastify";
import type { Queryable } from "../../stores/postgres/database.ts";
import { countQueued, selectQueuedDomains } from "../../stores/postgres/queue-status.ts";

/** How many domains are listed. */
const mostDomains = 100;

/** Adds `GET /admin/queue`, for the mail of a scope; undefined: of all scopes. */
export function mountAdminQueue(
  admin: FastifyInstance,
  { database, scope }: { database: Queryable; scope: number | undefined },
): void {
  admin.get("/admin/queue", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return {
      ...(await countQueued(database, scope)),
      domains: await selectQueuedDomains(database, mostDomains, scope),
    };
  });
}
