import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { policiesOf } from "../identity-policies/get-email-identity-policies.ts";
import type { IdentityPolicyServices } from "../identity-policies/identity-policy-services.ts";
import { givenIdentity } from "./given-identity.ts";

/** The policies by name of an identity that a call names; none if there is no such identity. */
export async function allPolicies(
  { database, scope }: IdentityPolicyServices,
  given: string | undefined,
): Promise<Record<string, string>> {
  const identity = normalizeIdentityName(givenIdentity(scope, given))?.name;
  return identity === undefined ? {} : policiesOf(database, identity);
}
