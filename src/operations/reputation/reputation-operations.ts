import type { Handlers } from "../../contract/types.ts";
import { getReputationEntity } from "./get-reputation-entity.ts";
import { listReputationEntities } from "./list-reputation-entities.ts";
import type { ReputationServices } from "./reputation-services.ts";
import { updateReputationEntityCustomerManagedStatus } from "./update-reputation-entity-customer-managed-status.ts";
import { updateReputationEntityPolicy } from "./update-reputation-entity-policy.ts";

export function reputationOperations(services: ReputationServices) {
  return {
    GetReputationEntity: getReputationEntity(services),
    ListReputationEntities: listReputationEntities(services),
    UpdateReputationEntityCustomerManagedStatus: updateReputationEntityCustomerManagedStatus(services),
    UpdateReputationEntityPolicy: updateReputationEntityPolicy(services),
  } satisfies Handlers;
}
