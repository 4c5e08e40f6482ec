import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteConfigurationSet as deleteRow } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** DeleteConfigurationSet. As in SES, identities with this default set keep its name, and their mail then fails. */
export function deleteConfigurationSet(services: SettingsServices): Handler<"DeleteConfigurationSet"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const deleted = await changeSettings(services.settings, "configurationSets", () =>
      deleteRow(services.database, name),
    );
    if (!deleted) throw errors.configurationSetNotFound(name);
    return {};
  };
}
