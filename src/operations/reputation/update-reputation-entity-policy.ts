import type { Handler } from "../../contract/types.ts";
import { setPolicy } from "../../reputation/decide.ts";
import { changeReputation } from "./change-reputation.ts";
import { readPolicy } from "./reputation-policy.ts";
import type { ReputationServices } from "./reputation-services.ts";

/** UpdateReputationEntityPolicy: checks the policy before the entity. */
export function updateReputationEntityPolicy(services: ReputationServices): Handler<"UpdateReputationEntityPolicy"> {
  return async ({ ReputationEntityReference: reference = "", ReputationEntityPolicy: arn = "" }, { now }) => {
    const policy = readPolicy(services.scope, arn);
    await changeReputation(services, reference, now, (before) => setPolicy(before, policy, now));
    return {};
  };
}
