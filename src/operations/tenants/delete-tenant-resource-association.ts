import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteTenantResource, resourceExists } from "../../stores/postgres/tenant-resources.ts";
import { changeSettings } from "../account/settings.ts";
import { existingTenant } from "./existing-tenant.ts";
import { readResourceArn } from "./resource-arn.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";

/**
 * DeleteTenantResourceAssociation. As in SES, it succeeds if there is no such association, but the tenant and the
 * resource must exist.
 */
export function deleteTenantResourceAssociation({
  database,
  settings,
  scope,
}: TenantServices): Handler<"DeleteTenantResourceAssociation"> {
  return async ({ TenantName, ResourceArn }) => {
    const resource = readResourceArn(scope, ResourceArn);
    const tenant = checkTenantName(TenantName);
    await existingTenant(database, tenant);
    if (!(await resourceExists(database, resource))) throw errors.resourceNotFound[resource.type](resource.name);
    await changeSettings(settings, "tenants", () => deleteTenantResource(database, tenant, resource));
    return {};
  };
}
