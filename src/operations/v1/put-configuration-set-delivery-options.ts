import type { Handler } from "../../contract/v1/types.ts";
import type { SettingsServices } from "../account/settings.ts";
import { putConfigurationSetDeliveryOptions as putInV2 } from "../configuration-sets/put-configuration-set-delivery-options.ts";
import { toV2TlsPolicy } from "./delivery-options-shape.ts";

/** PutConfigurationSetDeliveryOptions: as in v2, omitted options are reset, and so are MaxDeliverySeconds and SendingPoolName. */
export function putConfigurationSetDeliveryOptions(
  services: SettingsServices,
): Handler<"PutConfigurationSetDeliveryOptions"> {
  const put = putInV2(services);
  return async ({ ConfigurationSetName, DeliveryOptions }, context) => {
    await put({ ConfigurationSetName, TlsPolicy: toV2TlsPolicy(DeliveryOptions?.TlsPolicy) }, context);
    return {};
  };
}
