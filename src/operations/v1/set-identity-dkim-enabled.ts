import type { Handler } from "../../contract/v1/types.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { setDkimSigning } from "../identities/put-email-identity-dkim-attributes.ts";

/** SetIdentityDkimEnabled: whether mail of a domain is signed. For an address, as in v2, nothing changes. */
export function setIdentityDkimEnabled(
  services: Pick<IdentityServices, "database" | "settings">,
): Handler<"SetIdentityDkimEnabled"> {
  return async (input) => {
    await setDkimSigning(services, input.Identity ?? "", input.DkimEnabled ?? false);
    return {};
  };
}
