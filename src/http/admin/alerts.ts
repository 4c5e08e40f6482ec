/** The admin API of alerts. See `docs/alerts.md`. */
import type { FastifyInstance } from "fastify";
import type { Scopes } from "../../accounts/scopes.ts";
import type { AlertList } from "../../admin-api/alerts.ts";
import { keptMs } from "../../alerts/look.ts";
import { shownAlert } from "../../alerts/shown-alert.ts";
import { selectAlerts } from "../../stores/postgres/alerts.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminAlertServices {
  database: Queryable;
  limitedTo: RequestScopes["limitedTo"];
  scopeById: Scopes["byId"];
  clock: () => Date;
}

const limit = 1_000;

/** Adds `GET /admin/alerts`. Who sees all accounts sees the alerts of sources, too. */
export function mountAdminAlerts(admin: FastifyInstance, services: AdminAlertServices): void {
  const { database, limitedTo, scopeById, clock } = services;
  admin.get("/admin/alerts", { exposeHeadRoute: false }, async (request, reply): Promise<AlertList> => {
    new QueryParameters(request.raw.url ?? "").end();
    const scope = (await limitedTo(request))?.id;
    reply.header("cache-control", "no-store");
    const list = async (closedFrom: Date | undefined) => {
      const alerts = await selectAlerts(database, { scope, closedFrom, limit });
      return Promise.all(alerts.map((alert) => shownAlert(scopeById, alert)));
    };
    return { open: await list(undefined), closed: await list(new Date(clock().getTime() - keptMs)) };
  });
}
