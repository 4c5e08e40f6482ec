import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { type IdentityPolicy, insertIdentityPolicy } from "../../stores/postgres/identity-policies.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityPolicyServices } from "./identity-policy-services.ts";
import { readPolicyKey, readPolicyText } from "./policy-input.ts";

/** SES's quota for an identity. */
const limit = 20;

/** CreateEmailIdentityPolicy. A policy that can't be evaluated is refused. */
export function createEmailIdentityPolicy(services: IdentityPolicyServices): Handler<"CreateEmailIdentityPolicy"> {
  return async (input) => {
    const key = await readPolicyKey(services, input);
    const text = await readPolicyText(services, key.identity, input.Policy);
    const outcome = await addPolicy(services, { ...key, text });
    if (outcome === "no-identity") throw errors.identityNotFound(input.EmailIdentity ?? "");
    if (outcome === "exists") throw errors.policyExists(key.name);
    if (outcome === "full") throw errors.policyLimit(key.identity);
    return {};
  };
}

/** Adds a policy unless its name is taken or the identity has as many as it may have. */
export function addPolicy({ database, settings, clock }: IdentityPolicyServices, policy: IdentityPolicy) {
  return changeSettings(settings, "identities", () => insertIdentityPolicy(database, policy, { limit, now: clock() }));
}
