/** The ARNs of reputation policies. Policies are the same for all accounts. */
import { errors } from "../../contract/errors.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { ReputationPolicy } from "../../stores/postgres/tenant-reputations.ts";

const policies: readonly ReputationPolicy[] = ["none", "standard", "strict"];

export function policyArn({ region }: Pick<Scope, "region">, policy: ReputationPolicy): string {
  return `arn:aws:ses:${region}:aws:reputation-policy/${policy}`;
}

/** The policy with an ARN in the scope's region. Throws a bad request if there is none. */
export function readPolicy(scope: Pick<Scope, "region">, arn: string): ReputationPolicy {
  const policy = policies.find((one) => policyArn(scope, one) === arn);
  if (policy === undefined) throw errors.reputationPolicy(arn);
  return policy;
}
