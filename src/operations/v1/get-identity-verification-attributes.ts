import type { Handler } from "../../contract/v1/types.ts";
import { verificationStatus } from "../../identities/status.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { askedIdentities } from "./asked-identities.ts";
import { v1Statuses } from "./v1-statuses.ts";

/** GetIdentityVerificationAttributes. A domain has a token once VerifyDomainIdentity asked for it. */
export function getIdentityVerificationAttributes(
  services: Pick<IdentityServices, "database" | "proving">,
): Handler<"GetIdentityVerificationAttributes"> {
  return async (input, { now }) => {
    const asked = await askedIdentities(services.database, input.Identities);
    const attributes = asked.map(({ given, identity }) => [
      given,
      {
        VerificationStatus: v1Statuses[verificationStatus(identity, services.proving, now)],
        VerificationToken: identity.domainToken?.token,
      },
    ]);
    return { VerificationAttributes: Object.fromEntries(attributes) };
  };
}
