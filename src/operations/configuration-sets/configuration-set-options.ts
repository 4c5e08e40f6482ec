/** The options of a new configuration set, checked beyond the constraints of the model. */
import type { DeliveryOptions } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { isBuiltInPool } from "../../dedicated-ips/pool-names.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { poolExists } from "../../stores/postgres/dedicated-ip-pools.ts";
import { checkRedirectDomain, type RedirectDomainServices } from "./redirect-domain.ts";

type Options = Omit<ConfigurationSet, "name" | "tags">;

/**
 * Reads the options of a new configuration set. Options without effect (reputation) are stored as given;
 * docs/resources.md lists them. Throws a bad request with SES's text, or "not implemented" for features that Mailglass
 * lacks: archives and S/MIME signatures.
 */
export async function readConfigurationSetOptions(
  services: RedirectDomainServices & DeliveryOptionServices,
  input: Input<"CreateConfigurationSet">,
): Promise<Options> {
  const { TrackingOptions, DeliveryOptions, SendingOptions, ReputationOptions, SuppressionOptions, VdmOptions } = input;

  if (TrackingOptions) await checkRedirectDomain(services, TrackingOptions);

  const deliveryOptions = DeliveryOptions ? await readDeliveryOptions(services, DeliveryOptions) : null;

  if (input.ArchivingOptions?.ArchiveArn) throw errors.notWritten("CreateConfigurationSet with ArchivingOptions");
  const scheme = input.MessageSecurityOptions?.SigningScheme;
  if (scheme && "SmimeScheme" in scheme && scheme.SmimeScheme) {
    throw errors.notWritten("CreateConfigurationSet with SmimeScheme");
  }

  return {
    // SES treats an absent boolean as false, but without the options both are enabled.
    sendingEnabled: SendingOptions ? (SendingOptions.SendingEnabled ?? false) : true,
    reputationMetricsEnabled: ReputationOptions ? (ReputationOptions.ReputationMetricsEnabled ?? false) : true,
    lastFreshStart: ReputationOptions?.LastFreshStart ?? null,
    trackingOptions: TrackingOptions ?? null,
    deliveryOptions,
    suppressionOptions: SuppressionOptions ?? null,
    vdmOptions: VdmOptions ?? null,
  };
}

export interface DeliveryOptionServices {
  readonly database: ScopedQueryable;
}

/** Reads the delivery options; null if there are none. Throws a bad request if the pool is blank or does not exist. */
export async function readDeliveryOptions(
  { database }: DeliveryOptionServices,
  options: DeliveryOptions,
): Promise<DeliveryOptions | null> {
  const { SendingPoolName: pool, TlsPolicy, MaxDeliverySeconds } = options;
  if (pool !== undefined) {
    if (!pool.trim()) throw errors.sendingPoolNameBlank();
    const exists = isBuiltInPool(pool) || (!pool.includes("\0") && (await poolExists(database, pool)));
    if (!exists) throw errors.sendingPoolNotFound(pool);
  }
  if (pool === undefined && TlsPolicy === undefined && MaxDeliverySeconds === undefined) return null;
  return { TlsPolicy, SendingPoolName: pool, MaxDeliverySeconds };
}
