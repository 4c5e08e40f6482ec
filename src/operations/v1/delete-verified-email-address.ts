import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { removeIdentity } from "../identities/delete-email-identity.ts";
import type { IdentityServices } from "../identities/identity-services.ts";

/** DeleteVerifiedEmailAddress (deprecated): DeleteIdentity for addresses only. */
export function deleteVerifiedEmailAddress(
  services: Pick<IdentityServices, "database" | "settings">,
): Handler<"DeleteVerifiedEmailAddress"> {
  return async (input) => {
    const identity = normalizeIdentityName(input.EmailAddress ?? "");
    if (identity?.type === "EMAIL_ADDRESS") await removeIdentity(services, identity.name);
    return {};
  };
}
