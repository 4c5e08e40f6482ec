import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { domainOf, nearestNames } from "../../identities/identity-name.ts";
import { selectNearestIdentities, updateIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityServices } from "./identity-services.ts";

/**
 * PutEmailIdentityDkimAttributes: enables or disables signing. An address uses the setting of its domain: as in SES,
 * nothing changes for an address whose domain is an identity. An omitted boolean is false.
 */
export function putEmailIdentityDkimAttributes(
  services: Pick<IdentityServices, "database" | "settings">,
): Handler<"PutEmailIdentityDkimAttributes"> {
  const { database, settings } = services;
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const names = nearestNames(given);
    const [own, ...domains] = names;
    const isAddress = own?.includes("@") ?? false;
    const nearest = await selectNearestIdentities(database, isAddress ? domains : names.slice(0, 1));
    const domain = nearest.find(({ dkim }) => dkim);
    if (!domain) throw errors.dkimNotVerified(domainOf(own ?? given));
    if (isAddress) return {};
    await changeSettings(settings, "identities", () =>
      updateIdentity(database, domain.name, { dkimSigningEnabled: input.SigningEnabled ?? false }),
    );
    return {};
  };
}
