import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetVdm } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** PutConfigurationSetVdmOptions: replaces them. Without options, the account's apply again. */
export function putConfigurationSetVdmOptions(services: SettingsServices): Handler<"PutConfigurationSetVdmOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetVdm(services.database, name, input.VdmOptions ?? null),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
