import type { Handlers } from "../../contract/types.ts";
import { createTenant } from "./create-tenant.ts";
import { createTenantResourceAssociation } from "./create-tenant-resource-association.ts";
import { deleteTenant } from "./delete-tenant.ts";
import { deleteTenantResourceAssociation } from "./delete-tenant-resource-association.ts";
import { getTenant } from "./get-tenant.ts";
import { listResourceTenants } from "./list-resource-tenants.ts";
import { listTenantResources } from "./list-tenant-resources.ts";
import { listTenants } from "./list-tenants.ts";
import { putTenantSuppressionAttributes } from "./put-tenant-suppression-attributes.ts";
import type { TenantServices } from "./tenant-services.ts";

export function tenantOperations(services: TenantServices) {
  return {
    CreateTenant: createTenant(services),
    CreateTenantResourceAssociation: createTenantResourceAssociation(services),
    DeleteTenant: deleteTenant(services),
    DeleteTenantResourceAssociation: deleteTenantResourceAssociation(services),
    GetTenant: getTenant(services),
    ListResourceTenants: listResourceTenants(services),
    ListTenantResources: listTenantResources(services),
    ListTenants: listTenants(services),
    PutTenantSuppressionAttributes: putTenantSuppressionAttributes(services),
  } satisfies Handlers;
}
