import type { Handler } from "../../contract/v1/types.ts";
import type { IdentityPolicyServices } from "../identity-policies/identity-policy-services.ts";
import { allPolicies } from "./named-policies.ts";

/** GetIdentityPolicies: the named policies; unknown ones are left out. */
export function getIdentityPolicies(services: IdentityPolicyServices): Handler<"GetIdentityPolicies"> {
  return async (input) => {
    const names = new Set(input.PolicyNames);
    const found = Object.entries(await allPolicies(services, input.Identity));
    return { Policies: Object.fromEntries(found.filter(([name]) => names.has(name))) };
  };
}
