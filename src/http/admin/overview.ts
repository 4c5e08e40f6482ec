/** Volumes and rates over time, through the admin API. See `docs/admin-api.md`. */
import type { FastifyInstance } from "fastify";
import type { Scopes } from "../../accounts/scopes.ts";
import type { Overview } from "../../admin-api/overview.ts";
import type { ShownKinds } from "../../events/message-state.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { EventReader } from "../../insights/event-reader.ts";
import { waitUntilRecorded } from "../../insights/fresh.ts";
import { readOverview } from "../../insights/overview.ts";
import { typesNotSent } from "../../mirror/types-not-sent.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { goneSignal } from "./faults.ts";

export interface AdminOverviewServices {
  database: Queryable;
  limitedTo: RequestScopes["limitedTo"];
  scopeById: Scopes["byId"];
  reader: EventReader;
  shown: ShownKinds;
  recorder: Recorder;
}

/** Ten years: more days than a chart can show. Limits the work of a request. */
const longestPeriodMs = 3_660 * 24 * 3600 * 1000;

export function mountAdminOverview(admin: FastifyInstance, services: AdminOverviewServices): void {
  admin.get("/admin/overview", { exposeHeadRoute: false }, async (request, reply): Promise<Overview> => {
    reply.header("cache-control", "no-store");
    const query = new QueryParameters(request.raw.url ?? "");
    const start = query.instant("from");
    const end = query.instant("to");
    const zone = readZone(query.text("zone") ?? "UTC");
    const by = query.choice("by", ["isp", "identity", "configurationSet", "tenant"]) ?? "isp";
    const tenant = query.text("tenant");
    query.end();
    if (!start || !end) throw new QueryError("The parameters from and to must be there.");
    if (start >= end) throw new QueryError("The parameter from must be before to.");
    if (end.getTime() - start.getTime() > longestPeriodMs) {
      throw new QueryError("From from to to there may be 3,660 days at the most.");
    }
    const fresh = await waitUntilRecorded(services.recorder);
    const scope = (await services.limitedTo(request))?.id;
    const shown = { ...services.shown, scope };
    const overview = await readOverview(
      { reader: services.reader, shown },
      { start, end, zone, by, tenant },
      goneSignal(reply),
    );
    // Where a tenant's mail may be of any account, what others lack says nothing about it.
    const isOfScopes = tenant === undefined || scope !== undefined;
    const notSent = isOfScopes ? await typesNotSent(services, scope) : [];
    return { ...overview, ...(notSent.length > 0 && { notSent }), ...fresh };
  });
}

/** Returns the name as spelled in the time zone database. */
function readZone(given: string): string {
  try {
    // Intl also accepts offsets, which ClickHouse doesn't.
    if (/^[A-Za-z]/.test(given)) return new Intl.DateTimeFormat("en", { timeZone: given }).resolvedOptions().timeZone;
  } catch {
    // Intl throws for unknown names.
  }
  throw new QueryError("The parameter zone must be the name of a time zone, such as Europe/Vienna.");
}
