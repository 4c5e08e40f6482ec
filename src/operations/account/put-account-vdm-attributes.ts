import type { Handler } from "../../contract/types.ts";
import { updateAccountVdm } from "../../stores/postgres/account.ts";
import type { SettingsServices } from "./settings.ts";
import { changeSettings } from "./settings.ts";

/** PutAccountVdmAttributes: replaces all attributes; omitted ones are disabled. */
export function putAccountVdmAttributes(services: SettingsServices): Handler<"PutAccountVdmAttributes"> {
  return async ({ VdmAttributes: vdm }) => {
    await changeSettings(services.settings, "account", () =>
      updateAccountVdm(services.database, {
        enabled: vdm?.VdmEnabled === "ENABLED",
        engagementMetrics: vdm?.DashboardAttributes?.EngagementMetrics === "ENABLED",
        optimizedSharedDelivery: vdm?.GuardianAttributes?.OptimizedSharedDelivery === "ENABLED",
      }),
    );
    return {};
  };
}
