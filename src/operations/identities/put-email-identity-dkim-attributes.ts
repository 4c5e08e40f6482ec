import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { domainOf, nearestNames } from "../../identities/identity-name.ts";
import { selectNearestIdentities, updateIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityServices } from "./identity-services.ts";

type SigningServices = Pick<IdentityServices, "database" | "settings">;

/** PutEmailIdentityDkimAttributes: enables or disables signing. An omitted boolean is false. */
export function putEmailIdentityDkimAttributes(services: SigningServices): Handler<"PutEmailIdentityDkimAttributes"> {
  return async (input) => {
    await setDkimSigning(services, input.EmailIdentity ?? "", input.SigningEnabled ?? false);
    return {};
  };
}

/**
 * Enables or disables signing. An address uses the setting of its domain: as in SES, nothing changes for an address whose
 * domain is an identity. Throws a bad request if the domain has no key.
 */
export async function setDkimSigning(services: SigningServices, given: string, enabled: boolean): Promise<void> {
  const { database, settings } = services;
  const names = nearestNames(given);
  const [own, ...domains] = names;
  const isAddress = own?.includes("@") ?? false;
  const nearest = await selectNearestIdentities(database, isAddress ? domains : names.slice(0, 1));
  const domain = nearest.find(({ dkim }) => dkim);
  if (!domain) throw errors.dkimNotVerified(domainOf(own ?? given));
  if (isAddress) return;
  await changeSettings(settings, "identities", () =>
    updateIdentity(database, domain.name, { dkimSigningEnabled: enabled }),
  );
}
