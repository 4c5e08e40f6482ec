import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteConfigurationSet as deleteRow } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** DeleteConfigurationSet. As in SES, identities that have it as their default keep its name, and mail from them fails. */
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
