import { randomBytes } from "node:crypto";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertTenant, type Tenant } from "../../stores/postgres/tenants.ts";
import { changeSettings } from "../account/settings.ts";
import { checkTags } from "../tags.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";
import { describeTenant } from "./tenant-shape.ts";
import { readTenantSuppression } from "./tenant-suppression.ts";

/** SES's quota for an account. */
const maxTenants = 10_000;

/** CreateTenant. SES checks the name, the tags, the suppression attributes, and then whether the name is taken. */
export function createTenant({ database, settings, scope }: TenantServices): Handler<"CreateTenant"> {
  return async (input, { now }) => {
    const name = checkTenantName(input.TenantName);
    const tags = checkTags(input.Tags);
    const suppression = readTenantSuppression(input.SuppressionAttributes);
    const id = `tn-${randomBytes(15).toString("hex")}`;
    const tenant: Tenant = { name, id, createdAt: now, tags, suppression, sendingStatus: "ENABLED" };
    const outcome = await changeSettings(settings, "tenants", () => insertTenant(database, tenant, maxTenants));
    if (outcome === "exists") throw errors.tenantExists(name, scope.accountId);
    if (outcome === "full") throw errors.tenantLimit(maxTenants);
    return describeTenant(scope, tenant);
  };
}
