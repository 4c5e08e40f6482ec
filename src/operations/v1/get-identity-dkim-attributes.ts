import type { Handler } from "../../contract/v1/types.ts";
import { dkimAttributes } from "../identities/dkim-attributes.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { askedIdentities } from "./asked-identities.ts";
import { v1Statuses } from "./v1-statuses.ts";

/** GetIdentityDkimAttributes. Those of an address are its domain's, as in v2. */
export function getIdentityDkimAttributes(
  services: Pick<IdentityServices, "database" | "proving">,
): Handler<"GetIdentityDkimAttributes"> {
  return async (input) => {
    const asked = await askedIdentities(services.database, input.Identities);
    const attributes = asked.map(({ given, identity, above }) => {
      const { SigningEnabled, Status, Tokens } = dkimAttributes(identity, above, services.proving);
      return [
        given,
        {
          DkimEnabled: SigningEnabled ?? false,
          DkimVerificationStatus: v1Statuses[Status ?? "NOT_STARTED"],
          DkimTokens: Tokens,
        },
      ];
    });
    return { DkimAttributes: Object.fromEntries(attributes) };
  };
}
