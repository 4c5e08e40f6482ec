import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertTenantResource } from "../../stores/postgres/tenant-resources.ts";
import { changeSettings } from "../account/settings.ts";
import { readResourceArn } from "./resource-arn.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";

/**
 * CreateTenantResourceAssociation. SES checks the ARN, the tenant, the resource, and then whether they are associated
 * already.
 */
export function createTenantResourceAssociation({
  database,
  settings,
  scope,
}: TenantServices): Handler<"CreateTenantResourceAssociation"> {
  return async ({ TenantName, ResourceArn }, { now }) => {
    const resource = readResourceArn(scope, ResourceArn);
    const tenant = checkTenantName(TenantName);
    const outcome = await changeSettings(settings, "tenants", () =>
      insertTenantResource(database, tenant, resource, now),
    );
    if (outcome === "no-tenant") throw errors.tenantNotFound(tenant);
    if (outcome === "no-resource") throw errors.resourceNotFound[resource.type](resource.name);
    if (outcome === "exists") throw errors.resourceAssociated(ResourceArn ?? "", tenant);
    return {};
  };
}
