import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetReputation } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** PutConfigurationSetReputationOptions. If omitted, false, as observed in SES. */
export function putConfigurationSetReputationOptions(
  services: SettingsServices,
): Handler<"PutConfigurationSetReputationOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetReputation(services.database, name, input.ReputationMetricsEnabled ?? false),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
