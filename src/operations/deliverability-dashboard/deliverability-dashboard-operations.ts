import type { Handlers } from "../../contract/types.ts";
import { type BlacklistServices, getBlacklistReports } from "./get-blacklist-reports.ts";

export function deliverabilityDashboardOperations(services: BlacklistServices) {
  return { GetBlacklistReports: getBlacklistReports(services) } satisfies Handlers;
}
