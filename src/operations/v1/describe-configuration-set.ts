import type { ReputationOptions } from "@aws-sdk/client-ses";
import type { GetConfigurationSetResponse } from "@aws-sdk/client-sesv2";
import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { getConfigurationSet } from "../configuration-sets/get-configuration-set.ts";
import { getConfigurationSetEventDestinations } from "../event-destinations/get-configuration-set-event-destinations.ts";
import { fromV2TlsPolicy } from "./delivery-options-shape.ts";
import { fromV2Destination } from "./event-destination-shape.ts";

/** DescribeConfigurationSet: the set's name, and those of its attributes that the request names. */
export function describeConfigurationSet(services: { database: ScopedQueryable }): Handler<"DescribeConfigurationSet"> {
  const get = getConfigurationSet(services);
  const getDestinations = getConfigurationSetEventDestinations(services);
  return async ({ ConfigurationSetName, ConfigurationSetAttributeNames: wanted = [] }, context) => {
    const set = await get({ ConfigurationSetName }, context);
    const { TrackingOptions: tracking, DeliveryOptions: delivery } = set;
    const destinations = wanted.includes("eventDestinations")
      ? await getDestinations({ ConfigurationSetName }, context)
      : undefined;
    return {
      ConfigurationSet: { Name: set.ConfigurationSetName },
      EventDestinations: destinations?.EventDestinations?.map(fromV2Destination),
      TrackingOptions:
        tracking && wanted.includes("trackingOptions")
          ? { CustomRedirectDomain: tracking.CustomRedirectDomain }
          : undefined,
      DeliveryOptions:
        delivery && wanted.includes("deliveryOptions") ? { TlsPolicy: fromV2TlsPolicy(delivery.TlsPolicy) } : undefined,
      ReputationOptions: wanted.includes("reputationOptions") ? reputationOptions(set) : undefined,
    };
  };
}

function reputationOptions({ SendingOptions, ReputationOptions }: GetConfigurationSetResponse): ReputationOptions {
  return { SendingEnabled: SendingOptions?.SendingEnabled, ...ReputationOptions };
}
