import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateIdentityPolicy } from "../../stores/postgres/identity-policies.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityPolicyServices } from "./identity-policy-services.ts";
import { readPolicyKey, readPolicyText } from "./policy-input.ts";

/** UpdateEmailIdentityPolicy: replaces a policy. As observed in SES, and unlike its documentation, one must exist. */
export function updateEmailIdentityPolicy(services: IdentityPolicyServices): Handler<"UpdateEmailIdentityPolicy"> {
  const { database, settings } = services;
  return async (input) => {
    const key = await readPolicyKey(services, input);
    const text = await readPolicyText(services, key.identity, input.Policy);
    const updated = await changeSettings(settings, "identities", () =>
      updateIdentityPolicy(database, { ...key, text }),
    );
    if (!updated) throw errors.policyNotFound(key.name);
    return {};
  };
}
