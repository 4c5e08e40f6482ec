import type { Handler } from "../../contract/types.ts";
import { updateAccountAutoWarmup } from "../../stores/postgres/account.ts";
import { changeSettings, type SettingsServices } from "./settings.ts";

/** PutAccountDedicatedIpWarmupAttributes. If omitted, false, as in SES. Concerns addresses that are registered later. */
export function putAccountDedicatedIpWarmupAttributes(
  services: SettingsServices,
): Handler<"PutAccountDedicatedIpWarmupAttributes"> {
  return async ({ AutoWarmupEnabled: enabled = false }) => {
    await changeSettings(services.settings, "account", () => updateAccountAutoWarmup(services.database, enabled));
    return {};
  };
}
