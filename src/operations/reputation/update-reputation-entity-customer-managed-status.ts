import type { Handler } from "../../contract/types.ts";
import { setCustomerStatus } from "../../reputation/decide.ts";
import { changeReputation } from "./change-reputation.ts";
import type { ReputationServices } from "./reputation-services.ts";

/** UpdateReputationEntityCustomerManagedStatus. Without a status, which the constraints require, it pauses nothing. */
export function updateReputationEntityCustomerManagedStatus(
  services: ReputationServices,
): Handler<"UpdateReputationEntityCustomerManagedStatus"> {
  return async ({ ReputationEntityReference: reference = "", SendingStatus: status = "ENABLED" }, { now }) => {
    await changeReputation(services, reference, now, (before) => setCustomerStatus(before, status, now));
    return {};
  };
}
