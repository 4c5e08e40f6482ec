import { concerning, refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateTenantSuppression } from "../../stores/postgres/tenants.ts";
import { changeSettings } from "../account/settings.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";
import { readTenantSuppression } from "./tenant-suppression.ts";

/**
 * PutTenantSuppressionAttributes: replaces both attributes, or clears them if neither is given. SES checks the name, the
 * values, how they fit together, and then whether the tenant exists.
 */
export function putTenantSuppressionAttributes({
  database,
  settings,
}: Omit<TenantServices, "scope">): Handler<"PutTenantSuppressionAttributes"> {
  return async (input) => {
    const name = checkTenantName(input.TenantName);
    const found = violations("PutTenantSuppressionAttributes", input);
    refuse(concerning(found, "suppressedReasons", "suppressionScope"));
    const suppression = readTenantSuppression(input);
    const exists = await changeSettings(settings, "tenants", () =>
      updateTenantSuppression(database, name, suppression),
    );
    if (!exists) throw errors.tenantNotFound(name);
    return {};
  };
}
