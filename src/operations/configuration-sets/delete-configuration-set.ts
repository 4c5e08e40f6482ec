import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteConfigurationSet as deleteRow } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { deleteUnassociated } from "../tenants/delete-unassociated.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/**
 * DeleteConfigurationSet. As in SES, identities with this default set keep its name, and their mail then fails. A set that
 * tenants are associated with is kept.
 */
export function deleteConfigurationSet(
  services: SettingsServices & { database: ScopedDatabase },
): Handler<"DeleteConfigurationSet"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const deleted = await changeSettings(services.settings, "configurationSets", () =>
      deleteUnassociated(services.database, { type: "configuration-set", name }, (transaction) =>
        deleteRow(transaction, name),
      ),
    );
    if (!deleted) throw errors.configurationSetNotFound(name);
    return {};
  };
}
