/** The options of a new configuration set, checked beyond the constraints of the model. */
import type { DeliveryOptions, MessageSecurityOptions, SigningScheme } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { checkValidation } from "../suppression/suppression-options.ts";
import { archiveIn } from "./archive-arn.ts";
import { checkRedirectDomain, type RedirectDomainServices } from "./redirect-domain.ts";

type Options = Omit<ConfigurationSet, "name" | "tags">;

/**
 * Reads the options of a new configuration set. Options without effect (reputation) are stored as given;
 * docs/resources.md lists them. Throws a bad request with SES's text, or "not implemented" for Auto Validation, which
 * Mailglass lacks. Whether the archive exists is left to the statement that stores it.
 */
export async function readConfigurationSetOptions(
  services: RedirectDomainServices,
  input: Input<"CreateConfigurationSet">,
): Promise<Options> {
  const { TrackingOptions, DeliveryOptions, SendingOptions, ReputationOptions, SuppressionOptions, VdmOptions } = input;

  if (TrackingOptions) await checkRedirectDomain(services, TrackingOptions);

  const deliveryOptions = DeliveryOptions ? readDeliveryOptions(DeliveryOptions) : null;

  const signingScheme = readSigningScheme(input.MessageSecurityOptions);
  const archive = await archiveIn(services.database, input.ArchivingOptions?.ArchiveArn);

  checkValidation(SuppressionOptions?.ValidationOptions);

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

/** Reads the delivery options; null if there are none. Throws an error if a pool of IP addresses is named. */
export function readDeliveryOptions(options: DeliveryOptions): DeliveryOptions | null {
  const { SendingPoolName, TlsPolicy, MaxDeliverySeconds } = options;
  if (SendingPoolName != null) {
    if (!SendingPoolName.trim()) throw errors.sendingPoolNameBlank();
    // Pools consist of dedicated IP addresses, which Mailglass does not have.
    throw errors.sendingPoolNotFound(SendingPoolName);
  }
  return TlsPolicy === undefined && MaxDeliverySeconds === undefined ? null : { TlsPolicy, MaxDeliverySeconds };
}
