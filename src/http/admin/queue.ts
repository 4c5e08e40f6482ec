/** The admin API of the send queue: waiting mail, its recipients' domains, and reasons. See `docs/queue.md`. */
import type { FastifyInstance } from "fastify";
import type { Queryable } from "../../stores/postgres/database.ts";
import { countQueued, selectQueuedDomains } from "../../stores/postgres/queue-status.ts";

/** How many domains are listed. */
const mostDomains = 100;

export function mountAdminQueue(admin: FastifyInstance, { database }: { database: Queryable }): void {
  admin.get("/admin/queue", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return { ...(await countQueued(database)), domains: await selectQueuedDomains(database, mostDomains) };
  });
}
