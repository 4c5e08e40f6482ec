import type { Handler } from "../../contract/types.ts";
import { selectDashboard } from "../../stores/postgres/deliverability-dashboards.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";

/** GetDeliverabilityDashboardOptions. There is no subscription to expire: the dashboard is active or disabled. */
export function getDeliverabilityDashboardOptions({
  database,
}: Pick<DeliverabilityServices, "database">): Handler<"GetDeliverabilityDashboardOptions"> {
  return async () => {
    const { enabled, domains } = await selectDashboard(database);
    if (!enabled) return { DashboardEnabled: false, AccountStatus: "DISABLED" };
    return { DashboardEnabled: true, AccountStatus: "ACTIVE", ActiveSubscribedDomains: domains };
  };
}
