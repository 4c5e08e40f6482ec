import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteTenant as deleteRow } from "../../stores/postgres/tenants.ts";
import { changeSettings } from "../account/settings.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";

/** DeleteTenant: also deletes its associations and its suppression list. */
export function deleteTenant({ database, settings }: Omit<TenantServices, "scope">): Handler<"DeleteTenant"> {
  return async ({ TenantName }) => {
    const name = checkTenantName(TenantName);
    const deleted = await changeSettings(settings, "tenants", () => deleteRow(database, name));
    if (!deleted) throw errors.tenantNotFound(name);
    return {};
  };
}
