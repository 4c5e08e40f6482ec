import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/v1/types.ts";
import { parseIdentityName } from "../../identities/identity-name.ts";
import { askForAddressProof } from "../../stores/postgres/address-proofs.ts";
import { changeSettings } from "../account/settings.ts";
import { addIdentity } from "../identities/add-identity.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { newIdentity } from "./new-identity.ts";

/**
 * VerifyEmailIdentity: adds an address, and sends a mail with a link to it. An
 * address that exists gets another mail unless it is verified.
 */
export function verifyEmailIdentity(
  services: IdentityServices,
): (input: Pick<Input<"VerifyEmailIdentity">, "EmailAddress">) => Promise<Record<string, never>> {
  const { database, settings, clock, verifier } = services;
  return async ({ EmailAddress: given = "" }) => {
    const { name, type } = parseIdentityName(given);
    if (type !== "EMAIL_ADDRESS") throw errors.emailAddressInvalid(given);
    if (await addIdentity(services, newIdentity(name, type, clock()))) return {};
    await changeSettings(settings, "identities", () => askForAddressProof(database, name));
    verifier?.wake();
    return {};
  };
}
