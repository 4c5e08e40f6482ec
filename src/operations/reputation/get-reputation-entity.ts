import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectReputation } from "../../stores/postgres/tenant-reputations.ts";
import { describeEntity } from "./entity-shape.ts";
import type { ReputationServices } from "./reputation-services.ts";
import { readTenantReference } from "./tenant-reference.ts";

export function getReputationEntity({
  database,
  scope,
}: Pick<ReputationServices, "database" | "scope">): Handler<"GetReputationEntity"> {
  return async ({ ReputationEntityReference: reference = "" }) => {
    const named = readTenantReference(scope, reference);
    const tenant = named && (await selectReputation(database, named.name));
    if (!tenant || tenant.id !== named?.id) throw errors.reputationEntityNotFound(reference);
    return { ReputationEntity: describeEntity(scope, tenant) };
  };
}
