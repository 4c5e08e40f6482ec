import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetSending } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** PutConfigurationSetSendingOptions. If omitted, false: an empty request pauses sending, as observed in SES. */
export function putConfigurationSetSendingOptions(
  services: SettingsServices,
): Handler<"PutConfigurationSetSendingOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetSending(services.database, name, input.SendingEnabled ?? false),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
