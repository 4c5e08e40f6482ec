import { refusedAs } from "../../contract/v1/map-error.ts";
import type { Handler } from "../../contract/v1/types.ts";
import type { EventDestinationServices } from "../event-destinations/event-destination-services.ts";
import { updateConfigurationSetEventDestination as updateInV2 } from "../event-destinations/update-configuration-set-event-destination.ts";
import { invalidTarget, toV2Destination } from "./event-destination-shape.ts";

/** UpdateConfigurationSetEventDestination: replaces the whole destination. */
export function updateConfigurationSetEventDestination(
  services: EventDestinationServices,
): Handler<"UpdateConfigurationSetEventDestination"> {
  const update = updateInV2(services);
  return async ({ ConfigurationSetName, EventDestination }, context) => {
    const given = toV2Destination(EventDestination);
    const refusal = invalidTarget(ConfigurationSetName, given);
    await refusedAs(refusal, () => update({ ConfigurationSetName, ...given }, context));
    return {};
  };
}
