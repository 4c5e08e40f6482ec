/** The admin API of the mirror's control totals. See `docs/mirror.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { MirrorTotals } from "../../admin-api/mirror-totals.ts";
import { findSource } from "../../mirror/manage-sources.ts";
import { type DayRange, dayMs } from "../../mirror/totals/counts.ts";
import { controlTotals, type TotalsServices } from "../../mirror/totals/totals.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface AdminMirrorTotalsServices extends TotalsServices {
  limitedTo: RequestScopes["limitedTo"];
}

const standardDays = 7;
const mostDays = 90;

/** Adds `GET /admin/mirror/{id}/totals`. Only operators may call it. */
export function mountAdminMirrorTotals(admin: FastifyInstance, services: AdminMirrorTotalsServices): void {
  admin.get(
    "/admin/mirror/:id/totals",
    { exposeHeadRoute: false },
    async (request: FastifyRequest<{ Params: { id: string } }>, reply): Promise<MirrorTotals> => {
      const parameters = new QueryParameters(request.raw.url ?? "");
      const range = rangeOf(parameters, services.clock());
      const by = parameters.choice("by", ["cloudwatch", "vdm"]) ?? "cloudwatch";
      parameters.end();
      const chosen = await services.limitedTo(request);
      const source = await findSource(services, request.params.id);
      if (chosen && !source.accounts.includes(chosen.accountId)) {
        throw new QueryError(`The account ${chosen.accountId} is not one of the source's.`);
      }
      reply.header("cache-control", "no-store");
      const only = chosen && { account: chosen.accountId, region: chosen.region };
      return controlTotals(services, source, { range, by, only });
    },
  );
}

/** By default the seven days before today. */
function rangeOf(parameters: QueryParameters, now: Date): DayRange {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const to = dayOf(parameters, "to") ?? today;
  const from = dayOf(parameters, "from") ?? to - standardDays * dayMs;
  const days = (to - from) / dayMs;
  if (days < 1) throw new QueryError("from must be before to, the day after the last one.");
  if (days > mostDays) throw new QueryError(`There may be ${mostDays} days from from until to at the most.`);
  if (to > today + dayMs) throw new QueryError("to may be tomorrow at the latest, so that today is the last day.");
  return { from: new Date(from), to: new Date(to) };
}

function dayOf(parameters: QueryParameters, name: string): number | undefined {
  const text = parameters.text(name);
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isFinite(day) || new Date(day).toISOString().slice(0, 10) !== text) {
    throw new QueryError(`The parameter ${name} must be a day such as 2026-11-24.`);
  }
  return day;
}
