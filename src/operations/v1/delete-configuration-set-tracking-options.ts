import type { Handler } from "../../contract/v1/types.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeTracking } from "./change-tracking.ts";

/** DeleteConfigurationSetTrackingOptions: links use the server's own address again. */
export function deleteConfigurationSetTrackingOptions(
  services: SettingsServices,
): Handler<"DeleteConfigurationSetTrackingOptions"> {
  return async ({ ConfigurationSetName }) => {
    await changeTracking(services, ConfigurationSetName, { had: true, options: null });
    return {};
  };
}
