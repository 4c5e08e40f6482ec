import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { ownScope } from "../../stores/postgres/scopes.ts";
import { archiveArn } from "./archive-arn.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/**
 * GetConfigurationSet. SES always returns whether sending and reputation metrics are enabled; other options only if
 * set.
 */
export function getConfigurationSet(services: { database: ScopedQueryable }): Handler<"GetConfigurationSet"> {
  return async (input) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const set = await selectConfigurationSet(services.database, name);
    if (!set) throw errors.configurationSetNotFound(name);
    return {
      ConfigurationSetName: set.name,
      SendingOptions: { SendingEnabled: set.sendingEnabled },
      ReputationOptions: {
        ReputationMetricsEnabled: set.reputationMetricsEnabled,
        LastFreshStart: set.lastFreshStart ?? undefined,
      },
      TrackingOptions: set.trackingOptions ?? undefined,
      DeliveryOptions: set.deliveryOptions ?? undefined,
      SuppressionOptions: set.suppressionOptions ?? undefined,
      VdmOptions: set.vdmOptions ?? undefined,
      ArchivingOptions:
        set.archive === null ? undefined : { ArchiveArn: archiveArn(await ownScope(services.database), set.archive) },
      MessageSecurityOptions: set.signingScheme ? { SigningScheme: set.signingScheme } : undefined,
      Tags: set.tags,
    };
  };
}
