import type { Handler } from "../../contract/v1/types.ts";
import type { SettingsServices } from "../account/settings.ts";
import { deleteConfigurationSetEventDestination as deleteInV2 } from "../event-destinations/delete-configuration-set-event-destination.ts";

/** DeleteConfigurationSetEventDestination. */
export function deleteConfigurationSetEventDestination(
  services: SettingsServices,
): Handler<"DeleteConfigurationSetEventDestination"> {
  const remove = deleteInV2(services);
  return async (input, context) => {
    await remove(input, context);
    return {};
  };
}
