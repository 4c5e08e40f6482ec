import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetDelivery } from "../../stores/postgres/configuration-sets.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";
import { readDeliveryOptions } from "./configuration-set-options.ts";

/** PutConfigurationSetDeliveryOptions. Omitted options are reset. */
export function putConfigurationSetDeliveryOptions(
  services: SettingsServices,
): Handler<"PutConfigurationSetDeliveryOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const { TlsPolicy, SendingPoolName, MaxDeliverySeconds } = input;
    const options = await readDeliveryOptions(services, { TlsPolicy, SendingPoolName, MaxDeliverySeconds });
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetDelivery(services.database, name, options),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
