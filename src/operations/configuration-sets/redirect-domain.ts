/** The domain of a configuration set's tracking URLs. */
import type { TrackingOptions } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import { normalizeDomain } from "../../identities/identity-name.ts";
import type { AccountSettings, SettingsServices } from "../account/settings.ts";

export interface RedirectDomainServices extends SettingsServices {
  /** `required`: the domain or a parent domain must be a verified identity. */
  verification: "off" | "required";
}

/**
 * Checks that tracking links may use a domain. Throws a bad request if it is missing, invalid, or must be verified and
 * is not.
 */
export async function checkRedirectDomain(
  { settings, verification }: { settings: Pick<AccountSettings, "identityOf">; verification: "off" | "required" },
  { CustomRedirectDomain: given }: Partial<TrackingOptions>,
): Promise<void> {
  if (!given?.trim()) throw errors.redirectDomainMissing();
  const domain = normalizeDomain(given);
  if (!domain) throw errors.redirectDomainNotVerified(given);
  if (verification === "off") return;
  // Identities are looked up by an address that they cover; this address belongs to no one.
  const identity = await settings.identityOf(`redirects@${domain}`);
  if (identity?.type !== "DOMAIN" || !identity.verified) throw errors.redirectDomainNotVerified(given);
}
