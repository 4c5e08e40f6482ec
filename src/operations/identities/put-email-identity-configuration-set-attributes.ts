import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { updateIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { findIdentity } from "./find-identity.ts";
import type { IdentityServices } from "./identity-services.ts";

/** PutEmailIdentityConfigurationSetAttributes: sets the default configuration set; without a name, clears it. */
export function putEmailIdentityConfigurationSetAttributes(
  services: Pick<IdentityServices, "database" | "settings">,
): Handler<"PutEmailIdentityConfigurationSetAttributes"> {
  const { database, settings } = services;
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const identity = await findIdentity(database, given);
    if (!identity) throw errors.identityNotFound(given);
    const set = input.ConfigurationSetName ? checkConfigurationSetName(input.ConfigurationSetName) : null;
    if (set !== null && !(await selectConfigurationSet(database, set))) throw errors.configurationSetNotFound(set);
    const found = await changeSettings(settings, "identities", () =>
      updateIdentity(database, identity.name, { configurationSetName: set }),
    );
    if (!found) throw errors.identityNotFound(given);
    return {};
  };
}
