import type { Handler } from "../../contract/v1/types.ts";
import type { SendingStatusServices } from "../account/sending-status.ts";
import { putConfigurationSetSendingOptions } from "../configuration-sets/put-configuration-set-sending-options.ts";

/** UpdateConfigurationSetSendingEnabled: enables or pauses sending with the configuration set. */
export function updateConfigurationSetSendingEnabled(
  services: SendingStatusServices,
): Handler<"UpdateConfigurationSetSendingEnabled"> {
  const put = putConfigurationSetSendingOptions(services);
  return async ({ ConfigurationSetName, Enabled }, context) => {
    await put({ ConfigurationSetName, SendingEnabled: Enabled }, context);
    return {};
  };
}
