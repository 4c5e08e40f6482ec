import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { removeIdentity } from "../identities/delete-email-identity.ts";
import type { IdentityServices } from "../identities/identity-services.ts";

type DeletionServices = Pick<IdentityServices, "database" | "settings">;

/** DeleteIdentity: as in SES, also successful if there is no such identity. */
export function deleteIdentity(services: DeletionServices): Handler<"DeleteIdentity"> {
  return async (input) => {
    const identity = normalizeIdentityName(input.Identity ?? "");
    if (identity) await removeIdentity(services, identity.name);
    return {};
  };
}

/** DeleteVerifiedEmailAddress (deprecated): DeleteIdentity for addresses only. */
export function deleteVerifiedEmailAddress(services: DeletionServices): Handler<"DeleteVerifiedEmailAddress"> {
  return async (input) => {
    const identity = normalizeIdentityName(input.EmailAddress ?? "");
    if (identity?.type === "EMAIL_ADDRESS") await removeIdentity(services, identity.name);
    return {};
  };
}
