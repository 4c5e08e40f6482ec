/** What v1's operations on tracking options share: v2's replace them, whether or not there are any. */
import type { TrackingOptions } from "@aws-sdk/client-ses";
import { errors } from "../../contract/errors.ts";
import { v1Errors } from "../../contract/v1/errors.ts";
import { replaceConfigurationSetTracking } from "../../stores/postgres/configuration-sets.ts";
import { changeSettings, type SettingsServices } from "../account/settings.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { checkRedirectDomain, type RedirectDomainServices } from "../configuration-sets/redirect-domain.ts";

/** The options to store. Throws a bad request if the domain is missing, invalid, or must be verified and is not. */
export async function readTracking(
  services: RedirectDomainServices,
  { CustomRedirectDomain = "" }: TrackingOptions = {},
): Promise<{ CustomRedirectDomain: string }> {
  await checkRedirectDomain(services, { CustomRedirectDomain });
  return { CustomRedirectDomain };
}

/**
 * Replaces the tracking options, null for none, of a configuration set that has some (`had`) or has none. Throws an error
 * if the set doesn't exist, or if it has some and must not, or the reverse.
 */
export async function changeTracking(
  { database, settings }: SettingsServices,
  given: string | undefined,
  change: { had: boolean; options: { CustomRedirectDomain: string } | null },
): Promise<void> {
  const name = checkConfigurationSetName(given);
  const outcome = await changeSettings(settings, "configurationSets", () =>
    replaceConfigurationSetTracking(database, name, change),
  );
  if (outcome === "missing") throw errors.configurationSetNotFound(name);
  if (outcome === "unmet")
    throw change.had ? v1Errors.trackingOptionsNotFound(name) : v1Errors.trackingOptionsExist(name);
}
