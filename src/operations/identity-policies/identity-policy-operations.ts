import type { Handlers } from "../../contract/types.ts";
import { createEmailIdentityPolicy } from "./create-email-identity-policy.ts";
import { deleteEmailIdentityPolicy } from "./delete-email-identity-policy.ts";
import { getEmailIdentityPolicies } from "./get-email-identity-policies.ts";
import type { IdentityPolicyServices } from "./identity-policy-services.ts";
import { updateEmailIdentityPolicy } from "./update-email-identity-policy.ts";

export function identityPolicyOperations(services: IdentityPolicyServices) {
  return {
    CreateEmailIdentityPolicy: createEmailIdentityPolicy(services),
    DeleteEmailIdentityPolicy: deleteEmailIdentityPolicy(services),
    GetEmailIdentityPolicies: getEmailIdentityPolicies(services),
    UpdateEmailIdentityPolicy: updateEmailIdentityPolicy(services),
  } satisfies Handlers;
}
