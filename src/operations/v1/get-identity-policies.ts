import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { policiesOf } from "../identity-policies/get-email-identity-policies.ts";
import type { IdentityPolicyServices } from "../identity-policies/identity-policy-services.ts";
import { givenIdentity } from "./given-identity.ts";

/** GetIdentityPolicies: the named policies; unknown ones are left out. */
export function getIdentityPolicies(services: IdentityPolicyServices): Handler<"GetIdentityPolicies"> {
  return async (input) => {
    const names = new Set(input.PolicyNames);
    const found = Object.entries(await allPolicies(services, input.Identity));
    return { Policies: Object.fromEntries(found.filter(([name]) => names.has(name))) };
  };
}

/** ListIdentityPolicies: the names of all policies of an identity. */
export function listIdentityPolicies(services: IdentityPolicyServices): Handler<"ListIdentityPolicies"> {
  return async (input) => ({ PolicyNames: Object.keys(await allPolicies(services, input.Identity)) });
}

async function allPolicies(
  { database, scope }: IdentityPolicyServices,
  given: string | undefined,
): Promise<Record<string, string>> {
  const identity = normalizeIdentityName(givenIdentity(scope, given))?.name;
  return identity === undefined ? {} : policiesOf(database, identity);
}
