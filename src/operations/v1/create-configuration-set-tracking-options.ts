import type { Handler } from "../../contract/v1/types.ts";
import type { RedirectDomainServices } from "../configuration-sets/redirect-domain.ts";
import { changeTracking, readTracking } from "./change-tracking.ts";

/** CreateConfigurationSetTrackingOptions: adds them to a set that has none. */
export function createConfigurationSetTrackingOptions(
  services: RedirectDomainServices,
): Handler<"CreateConfigurationSetTrackingOptions"> {
  return async ({ ConfigurationSetName, TrackingOptions }) => {
    const options = await readTracking(services, TrackingOptions);
    await changeTracking(services, ConfigurationSetName, { had: false, options });
    return {};
  };
}
