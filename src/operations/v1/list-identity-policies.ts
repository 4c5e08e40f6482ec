import type { Handler } from "../../contract/v1/types.ts";
import type { IdentityPolicyServices } from "../identity-policies/identity-policy-services.ts";
import { allPolicies } from "./named-policies.ts";

/** ListIdentityPolicies: the names of all policies of an identity. */
export function listIdentityPolicies(services: IdentityPolicyServices): Handler<"ListIdentityPolicies"> {
  return async (input) => ({ PolicyNames: Object.keys(await allPolicies(services, input.Identity)) });
}
