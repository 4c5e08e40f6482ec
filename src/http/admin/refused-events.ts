/** The admin API of events that could not be recorded. See `docs/admin-api.md`. */
import type { FastifyInstance } from "fastify";
import { readRefusedEvents } from "../../events/refused-events.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

/** How many rows of the outbox are listed at a time. */
const mostRows = 100;

export interface AdminRefusedEventServices {
  database: Queryable;
  limitedTo: RequestScopes["limitedTo"];
}

export function mountAdminRefusedEvents(
  admin: FastifyInstance,
  { database, limitedTo }: AdminRefusedEventServices,
): void {
  admin.get("/admin/refused-events", { exposeHeadRoute: false }, async (request, reply) => {
    const query = new QueryParameters(request.raw.url ?? "");
    const after = query.integer("after", 0, Number.MAX_SAFE_INTEGER) ?? 0;
    query.end();
    const scope = (await limitedTo(request))?.id;
    reply.header("cache-control", "no-store");
    return { rows: await readRefusedEvents(database, { scope, after, limit: mostRows }) };
  });
}
