import { refusedAs } from "../../contract/v1/map-error.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { createConfigurationSetEventDestination as createInV2 } from "../event-destinations/create-configuration-set-event-destination.ts";
import type { EventDestinationServices } from "../event-destinations/event-destination-services.ts";
import { invalidTarget, toV2Destination } from "./event-destination-shape.ts";

/** CreateConfigurationSetEventDestination. */
export function createConfigurationSetEventDestination(
  services: EventDestinationServices,
): Handler<"CreateConfigurationSetEventDestination"> {
  const create = createInV2(services);
  return async ({ ConfigurationSetName, EventDestination }, context) => {
    const given = toV2Destination(EventDestination);
    const refusal = invalidTarget(ConfigurationSetName, given);
    await refusedAs(refusal, () => create({ ConfigurationSetName, ...given }, context));
    return {};
  };
}
