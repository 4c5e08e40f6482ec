import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectIdentityPolicies } from "../../stores/postgres/identity-policies.ts";
import { findIdentity } from "../identities/find-identity.ts";
import type { IdentityPolicyServices } from "./identity-policy-services.ts";

/** GetEmailIdentityPolicies: the policies' texts by name, as they are stored. */
export function getEmailIdentityPolicies({ database }: IdentityPolicyServices): Handler<"GetEmailIdentityPolicies"> {
  return async ({ EmailIdentity = "" }) => {
    const identity = await findIdentity(database, EmailIdentity);
    if (!identity) throw errors.identityNotFound(EmailIdentity);
    return { Policies: await policiesOf(database, identity.name) };
  };
}

/** The texts of an identity's policies by name, as SES returns them. */
export async function policiesOf(database: ScopedQueryable, identity: string): Promise<Record<string, string>> {
  const policies = await selectIdentityPolicies(database, identity);
  return Object.fromEntries(policies.map(({ name, text }) => [name, text]));
}
