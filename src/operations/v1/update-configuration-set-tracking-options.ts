import type { Handler } from "../../contract/v1/types.ts";
import type { RedirectDomainServices } from "../configuration-sets/redirect-domain.ts";
import { changeTracking, readTracking } from "./change-tracking.ts";

/** UpdateConfigurationSetTrackingOptions: replaces those of a set that has some. As in v2, omitted options are reset, and so is HttpsPolicy. */
export function updateConfigurationSetTrackingOptions(
  services: RedirectDomainServices,
): Handler<"UpdateConfigurationSetTrackingOptions"> {
  return async ({ ConfigurationSetName, TrackingOptions }) => {
    const options = await readTracking(services, TrackingOptions);
    await changeTracking(services, ConfigurationSetName, { had: true, options });
    return {};
  };
}
