/** Reads what the operations on policies are given: the identity first, then the policy's name, then its document. */
import { parsePolicy } from "../../access/policies/policy.ts";
import { PolicyError } from "../../access/policies/policy-error.ts";
import { errors } from "../../contract/errors.ts";
import { identityArn } from "../../publishing/ses-event/sending-account.ts";
import { selectUnknownAccounts } from "../../stores/postgres/scopes.ts";
import { findIdentity } from "../identities/find-identity.ts";
import type { IdentityPolicyServices } from "./identity-policy-services.ts";

/** What names a policy in a request. */
export interface PolicyInput {
  readonly EmailIdentity: string | undefined;
  readonly PolicyName: string | undefined;
}

/** A policy's identity, in its canonical form, and its name. */
export interface PolicyKey {
  readonly identity: string;
  readonly name: string;
}

/** Throws not-found unless the identity exists, and a bad request for a name that no policy can have. */
export async function readPolicyKey(
  { database }: Pick<IdentityPolicyServices, "database">,
  { EmailIdentity = "", PolicyName = "" }: PolicyInput,
): Promise<PolicyKey> {
  const identity = await findIdentity(database, EmailIdentity);
  if (!identity) throw errors.identityNotFound(EmailIdentity);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(PolicyName)) throw errors.policyName();
  return { identity: identity.name, name: PolicyName };
}

/**
 * The text of a policy as it is stored. Throws a bad request for a document that can't be evaluated, or whose principals
 * include an account that doesn't exist.
 */
export async function readPolicyText(
  { database, scope }: Pick<IdentityPolicyServices, "database" | "scope">,
  identity: string,
  document: string | undefined,
): Promise<string> {
  const { text, accounts } = parse(document ?? "", identityArn(scope, identity));
  const [unknown] = await selectUnknownAccounts(database, [...accounts]);
  if (unknown !== undefined) throw errors.policyPrincipalUnknown(unknown);
  return text;
}

function parse(document: string, arn: string) {
  try {
    return parsePolicy(document, arn);
  } catch (error) {
    if (error instanceof PolicyError) throw errors.policyRefused(error.message);
    throw error;
  }
}
