import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectEventDestinations } from "../../stores/postgres/event-destinations.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";

/** GetConfigurationSetEventDestinations, in the order of their creation. */
export function getConfigurationSetEventDestinations(services: {
  database: ScopedQueryable;
}): Handler<"GetConfigurationSetEventDestinations"> {
  return async (input) => {
    const configurationSet = checkConfigurationSetName(input.ConfigurationSetName);
    const destinations = await selectEventDestinations(services.database, configurationSet);
    if (!destinations) throw errors.configurationSetNotFound(configurationSet);
    return {
      EventDestinations: destinations.map(({ name, enabled, eventTypes, target }) => ({
        Name: name,
        Enabled: enabled,
        MatchingEventTypes: [...eventTypes],
        ...target,
      })),
    };
  };
}
