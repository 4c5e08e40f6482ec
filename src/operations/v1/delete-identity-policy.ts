import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { deleteIdentityPolicy as deletePolicy } from "../../stores/postgres/identity-policies.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityPolicyServices } from "../identity-policies/identity-policy-services.ts";
import { givenIdentity } from "./given-identity.ts";

/** DeleteIdentityPolicy: as documented, also successful if there is no such policy. */
export function deleteIdentityPolicy(services: IdentityPolicyServices): Handler<"DeleteIdentityPolicy"> {
  const { database, settings, scope } = services;
  return async (input) => {
    const identity = normalizeIdentityName(givenIdentity(scope, input.Identity))?.name;
    const { PolicyName: name = "" } = input;
    if (identity !== undefined) {
      await changeSettings(settings, "identities", () => deletePolicy(database, { identity, name }));
    }
    return {};
  };
}
