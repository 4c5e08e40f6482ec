import type { ReputationEntity, StatusRecord as StatusRecordShape } from "@aws-sdk/client-sesv2";
import { impactOfAll } from "../../reputation/decide.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { StatusRecord, TenantReputation } from "../../stores/postgres/tenant-reputations.ts";
import { tenantArn } from "../tenants/resource-arn.ts";
import { policyArn } from "./reputation-policy.ts";

/** A tenant as a reputation entity. */
export function describeEntity(scope: Scope, tenant: TenantReputation): ReputationEntity {
  return {
    ReputationEntityReference: tenantArn(scope, tenant),
    ReputationEntityType: "RESOURCE",
    ReputationManagementPolicy: policyArn(scope, tenant.policy),
    CustomerManagedStatus: tenant.customer === null ? undefined : describeStatus(tenant.customer),
    AwsSesManagedStatus: describeStatus(tenant.managed),
    SendingStatusAggregate: tenant.sendingStatus,
    ReputationImpact: impactOfAll(tenant.findings),
  };
}

function describeStatus({ status, cause, at }: StatusRecord): StatusRecordShape {
  return { Status: status, Cause: cause ?? undefined, LastUpdatedTimestamp: at };
}
