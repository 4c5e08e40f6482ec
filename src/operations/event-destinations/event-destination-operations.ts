import type { Handlers } from "../../contract/types.ts";
import { createConfigurationSetEventDestination } from "./create-configuration-set-event-destination.ts";
import { deleteConfigurationSetEventDestination } from "./delete-configuration-set-event-destination.ts";
import type { EventDestinationServices } from "./event-destination-services.ts";
import { getConfigurationSetEventDestinations } from "./get-configuration-set-event-destinations.ts";
import { updateConfigurationSetEventDestination } from "./update-configuration-set-event-destination.ts";

export function eventDestinationOperations(services: EventDestinationServices) {
  return {
    CreateConfigurationSetEventDestination: createConfigurationSetEventDestination(services),
    DeleteConfigurationSetEventDestination: deleteConfigurationSetEventDestination(services),
    GetConfigurationSetEventDestinations: getConfigurationSetEventDestinations(services),
    UpdateConfigurationSetEventDestination: updateConfigurationSetEventDestination(services),
  } satisfies Handlers;
}
