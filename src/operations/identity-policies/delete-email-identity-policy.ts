import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteIdentityPolicy } from "../../stores/postgres/identity-policies.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityPolicyServices } from "./identity-policy-services.ts";
import { readPolicyKey } from "./policy-input.ts";

/** DeleteEmailIdentityPolicy. As observed in SES, and unlike its documentation, the policy must exist. */
export function deleteEmailIdentityPolicy(services: IdentityPolicyServices): Handler<"DeleteEmailIdentityPolicy"> {
  const { database, settings } = services;
  return async (input) => {
    const key = await readPolicyKey(services, input);
    const deleted = await changeSettings(settings, "identities", () => deleteIdentityPolicy(database, key));
    if (!deleted) throw errors.policyNotFound(key.name);
    return {};
  };
}
