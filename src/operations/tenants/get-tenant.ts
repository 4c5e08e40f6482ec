import type { Handler } from "../../contract/types.ts";
import { existingTenant } from "./existing-tenant.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";
import { describeTenant } from "./tenant-shape.ts";

export function getTenant({ database, scope }: Omit<TenantServices, "settings">): Handler<"GetTenant"> {
  return async ({ TenantName }) => ({
    Tenant: describeTenant(scope, await existingTenant(database, checkTenantName(TenantName))),
  });
}
