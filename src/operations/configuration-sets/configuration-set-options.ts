/** The options of a new configuration set, checked beyond the constraints of the model. */
import type { DeliveryOptions, MessageSecurityOptions, SigningScheme } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { isBuiltInPool } from "../../dedicated-ips/pool-names.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { poolExists } from "../../stores/postgres/dedicated-ip-pools.ts";
import { archiveIn } from "./archive-arn.ts";
import { checkRedirectDomain, type RedirectDomainServices } from "./redirect-domain.ts";

type Options = Omit<ConfigurationSet, "name" | "tags">;

/**
 * Reads the options of a new configuration set, which docs/resources.md lists. Throws a bad request with SES's text.
 * Whether the archive exists is left to the statement that stores it.
 */
export async function readConfigurationSetOptions(
  services: RedirectDomainServices & DeliveryOptionServices,
  input: Input<"CreateConfigurationSet">,
): Promise<Options> {
  const { TrackingOptions, DeliveryOptions, SendingOptions, ReputationOptions, SuppressionOptions, VdmOptions } = input;

  if (TrackingOptions) await checkRedirectDomain(services, TrackingOptions);

  const deliveryOptions = DeliveryOptions ? await readDeliveryOptions(services, DeliveryOptions) : null;

  const signingScheme = readSigningScheme(input.MessageSecurityOptions);
  const archive = await archiveIn(services.database, input.ArchivingOptions?.ArchiveArn);

  return {
    // SES treats an absent boolean as false, but without the options both are enabled.
    sendingEnabled: SendingOptions ? (SendingOptions.SendingEnabled ?? false) : true,
    reputationMetricsEnabled: ReputationOptions ? (ReputationOptions.ReputationMetricsEnabled ?? false) : true,
    lastFreshStart: ReputationOptions?.LastFreshStart ?? null,
    trackingOptions: TrackingOptions ?? null,
    deliveryOptions,
    suppressionOptions: SuppressionOptions ?? null,
    vdmOptions: VdmOptions ?? null,
    signingScheme,
    archive,
  };
}

/** Reads the signing scheme; null if there is none. DETACHED is the only format of signatures. */
export function readSigningScheme(options: MessageSecurityOptions | undefined): SigningScheme | null {
  const { DefaultScheme, SmimeScheme } = options?.SigningScheme ?? {};
  if (DefaultScheme && SmimeScheme) throw errors.oneSigningScheme();
  if (SmimeScheme) return { SmimeScheme: { SignatureFormat: "DETACHED" } };
  return DefaultScheme ? { DefaultScheme: {} } : null;
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
