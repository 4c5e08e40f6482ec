/** The alerts of the server. */
import { queryOptions } from "@tanstack/react-query";
import type { AlertList } from "../../../src/admin-api/alerts.ts";
import { requestJson } from "./request.ts";
import type { ScopeChoice } from "./scope.ts";

/** How often alerts are read again, in milliseconds: the server looks for them every minute. */
const everyMs = 30_000;

/** The alerts of the account and region chosen; where none is chosen, all of whom may see all. */
export const alertsQuery = alertsIn("chosen", undefined);

/** All alerts, whatever is chosen: those of sources belong to no account. For operators. */
export const allAlertsQuery = alertsIn("all", {});

function alertsIn(key: string, scope: ScopeChoice | undefined) {
  return queryOptions({
    queryKey: ["alerts", key],
    queryFn: ({ signal }) => requestJson<AlertList>("GET", "/admin/alerts", { signal, scope }),
    refetchInterval: everyMs,
  });
}
