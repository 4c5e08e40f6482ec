import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetSigning } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";
import { readSigningScheme } from "./configuration-set-options.ts";

/** UpdateConfigurationSet: changes the options that are given. Without any, the set must still exist. */
export function updateConfigurationSet(services: SettingsServices): Handler<"UpdateConfigurationSet"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const scheme = readSigningScheme(input.MessageSecurityOptions);
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetSigning(services.database, name, scheme),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
