import type { Tenant as TenantShape } from "@aws-sdk/client-sesv2";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { Tenant } from "../../stores/postgres/tenants.ts";
import { tenantArn } from "./resource-arn.ts";

/** A tenant as CreateTenant and GetTenant return it. */
export function describeTenant(scope: Scope, tenant: Tenant): TenantShape {
  return {
    TenantName: tenant.name,
    TenantId: tenant.id,
    TenantArn: tenantArn(scope, tenant),
    CreatedTimestamp: tenant.createdAt,
    // SES leaves out an empty list.
    Tags: tenant.tags.length > 0 ? tenant.tags : undefined,
    SendingStatus: tenant.sendingStatus,
    SuppressionAttributes: tenant.suppression ?? undefined,
  };
}
