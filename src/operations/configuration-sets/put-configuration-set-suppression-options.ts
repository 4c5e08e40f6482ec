import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetSuppression } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { readReasons } from "../suppression/suppression-options.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/**
 * PutConfigurationSetSuppressionOptions: replaces them. An empty list of reasons is stored and means none (facts 10);
 * omitted options revert to the account's.
 */
export function putConfigurationSetSuppressionOptions(
  services: SettingsServices,
): Handler<"PutConfigurationSetSuppressionOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const given = {
      SuppressedReasons: readReasons(input.SuppressedReasons),
      SuppressionScope: input.SuppressionScope,
      ValidationOptions: input.ValidationOptions,
    };
    const options = Object.values(given).every((one) => one === undefined) ? null : given;
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetSuppression(services.database, name, options),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
