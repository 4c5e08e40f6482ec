import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { removeIdentity } from "../identities/delete-email-identity.ts";
import type { IdentityServices } from "../identities/identity-services.ts";

/** DeleteIdentity: as in SES, also successful if there is no such identity. */
export function deleteIdentity(services: Pick<IdentityServices, "database" | "settings">): Handler<"DeleteIdentity"> {
  return async (input) => {
    const identity = normalizeIdentityName(input.Identity ?? "");
    if (identity) await removeIdentity(services, identity.name);
    return {};
  };
}
