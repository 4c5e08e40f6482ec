import { violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertEventDestination, selectEventDestinationNames } from "../../stores/postgres/event-destinations.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { readDefinition } from "./event-destination-definition.ts";
import { checkEventDestinationName } from "./event-destination-name.ts";
import type { EventDestinationServices } from "./event-destination-services.ts";

/** SES's quota for a configuration set. */
const MAX_EVENT_DESTINATIONS = 10;

const operation = "CreateConfigurationSetEventDestination";

/** CreateConfigurationSetEventDestination. SES checks the name, the definition, the set, and then what the set has. */
export function createConfigurationSetEventDestination(services: EventDestinationServices): Handler<typeof operation> {
  const { database, settings, scope, checkTarget } = services;
  return async (input) => {
    const name = checkEventDestinationName(input.EventDestinationName);
    const definition = readDefinition(input.EventDestination, violations(operation, input), scope);
    const configurationSet = checkConfigurationSetName(input.ConfigurationSetName);
    // The target is checked last: a check may publish a message to it.
    const existing = await selectEventDestinationNames(database, configurationSet);
    if (!existing) throw errors.configurationSetNotFound(configurationSet);
    if (existing.includes(name)) throw errors.eventDestinationExists(name, configurationSet);
    if (existing.length >= MAX_EVENT_DESTINATIONS) {
      throw errors.eventDestinationLimit(configurationSet, MAX_EVENT_DESTINATIONS);
    }
    await checkTarget(definition.target);
    const outcome = await changeSettings(settings, "eventDestinations", () =>
      insertEventDestination(database, { configurationSet, name, ...definition }, MAX_EVENT_DESTINATIONS),
    );
    if (outcome === "no-set") throw errors.configurationSetNotFound(configurationSet);
    if (outcome === "exists") throw errors.eventDestinationExists(name, configurationSet);
    if (outcome === "full") throw errors.eventDestinationLimit(configurationSet, MAX_EVENT_DESTINATIONS);
    return {};
  };
}
