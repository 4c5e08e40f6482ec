/** The admin API of the send queue: what waits, for whom, and why. `docs/queue.md` describes it. */
import type { FastifyInstance } from "fastify";
import type { Queryable } from "../../stores/postgres/database.ts";
import { countQueued, selectQueuedDomains } from "../../stores/postgres/send-queue.ts";

/** How many domains are told of. */
const mostDomains = 100;

/** Adds `GET /admin/queue`. */
export function mountAdminQueue(admin: FastifyInstance, { database }: { database: Queryable }): void {
  admin.get("/admin/queue", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return { ...(await countQueued(database)), domains: await selectQueuedDomains(database, mostDomains) };
  });
}
