import { violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateEventDestination } from "../../stores/postgres/event-destinations.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { readDefinition } from "./event-destination-definition.ts";
import { checkEventDestinationName } from "./event-destination-name.ts";
import type { EventDestinationServices } from "./event-destination-services.ts";
import { checkEventDestination } from "./find-event-destination.ts";

const operation = "UpdateConfigurationSetEventDestination";

/** UpdateConfigurationSetEventDestination: replaces the whole destination, with the checks of its creation. */
export function updateConfigurationSetEventDestination(services: EventDestinationServices): Handler<typeof operation> {
  const { database, settings, scope, checkTarget } = services;
  return async (input) => {
    const name = checkEventDestinationName(input.EventDestinationName);
    const definition = readDefinition(input.EventDestination, violations(operation, input), scope);
    const configurationSet = checkConfigurationSetName(input.ConfigurationSetName);
    // The target is checked last: a check may publish a message to it.
    await checkEventDestination(database, { configurationSet, name });
    await checkTarget(definition.target);
    const updated = await changeSettings(settings, "eventDestinations", () =>
      updateEventDestination(database, { configurationSet, name, ...definition }),
    );
    // It was deleted meanwhile.
    if (!updated) throw errors.eventDestinationNotFound(name, configurationSet);
    return {};
  };
}
