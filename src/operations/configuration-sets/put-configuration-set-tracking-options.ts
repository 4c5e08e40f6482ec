import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetTracking } from "../../stores/postgres/configuration-sets.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";
import { checkRedirectDomain, type RedirectDomainServices } from "./redirect-domain.ts";

/** PutConfigurationSetTrackingOptions: replaces them. Without options, links use the server's own address again. */
export function putConfigurationSetTrackingOptions(
  services: RedirectDomainServices,
): Handler<"PutConfigurationSetTrackingOptions"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const { CustomRedirectDomain, HttpsPolicy } = input;
    const given = CustomRedirectDomain !== undefined || HttpsPolicy !== undefined;
    if (given) await checkRedirectDomain(services, { CustomRedirectDomain });
    const found = await changeSettings(services.settings, "configurationSets", () =>
      updateConfigurationSetTracking(services.database, name, given ? { CustomRedirectDomain, HttpsPolicy } : null),
    );
    if (!found) throw errors.configurationSetNotFound(name);
    return {};
  };
}
