/** The domain of a configuration set's tracking URLs. */
import type { TrackingOptions } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import { normalizeDomain } from "../../identities/identity-name.ts";
import type { AccountSettings, SettingsServices } from "../account/settings.ts";

/** What an operation that takes such a domain works with. */
export interface RedirectDomainServices extends SettingsServices {
  /** `required`: the domain must be a verified identity, or below one. */
  verification: "off" | "required";
}

/**
 * Checks that links may lead over a domain.
 * Throws a bad request where none is named, it can't be a domain, or it must be verified and is not.
 */
export async function checkRedirectDomain(
  { settings, verification }: { settings: Pick<AccountSettings, "identityOf">; verification: "off" | "required" },
  { CustomRedirectDomain: given }: Partial<TrackingOptions>,
): Promise<void> {
  if (!given?.trim()) throw errors.redirectDomainMissing();
  const domain = normalizeDomain(given);
  if (!domain) throw errors.redirectDomainNotVerified(given);
  if (verification === "off") return;
  // An identity is found by the address that it covers; this one is nobody's own.
  const identity = await settings.identityOf(`redirects@${domain}`);
  if (identity?.type !== "DOMAIN" || !identity.verified) throw errors.redirectDomainNotVerified(given);
}
