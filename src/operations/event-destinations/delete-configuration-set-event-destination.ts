import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteEventDestination } from "../../stores/postgres/event-destinations.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { checkEventDestinationName } from "./event-destination-name.ts";
import { checkEventDestination } from "./find-event-destination.ts";

export function deleteConfigurationSetEventDestination(
  services: SettingsServices,
): Handler<"DeleteConfigurationSetEventDestination"> {
  const { database, settings } = services;
  return async (input) => {
    const name = checkEventDestinationName(input.EventDestinationName);
    const configurationSet = checkConfigurationSetName(input.ConfigurationSetName);
    const deleted = await changeSettings(settings, "eventDestinations", () =>
      deleteEventDestination(database, { configurationSet, name }),
    );
    if (deleted) return {};
    await checkEventDestination(database, { configurationSet, name });
    // Another call has created it since.
    throw errors.eventDestinationNotFound(name, configurationSet);
  };
}
