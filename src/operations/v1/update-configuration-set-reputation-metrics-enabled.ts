import type { Handler } from "../../contract/v1/types.ts";
import type { SettingsServices } from "../account/settings.ts";
import { putConfigurationSetReputationOptions } from "../configuration-sets/put-configuration-set-reputation-options.ts";

/** UpdateConfigurationSetReputationMetricsEnabled: turns the configuration set's reputation metrics on or off. */
export function updateConfigurationSetReputationMetricsEnabled(
  services: SettingsServices,
): Handler<"UpdateConfigurationSetReputationMetricsEnabled"> {
  const put = putConfigurationSetReputationOptions(services);
  return async ({ ConfigurationSetName, Enabled }, context) => {
    await put({ ConfigurationSetName, ReputationMetricsEnabled: Enabled }, context);
    return {};
  };
}
