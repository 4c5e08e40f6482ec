import { errors } from "../../contract/errors.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectTenant, type Tenant } from "../../stores/postgres/tenants.ts";

/** The tenant with this name. Throws not-found if there is none. */
export async function existingTenant(database: ScopedQueryable, name: string): Promise<Tenant> {
  const tenant = await selectTenant(database, name);
  if (!tenant) throw errors.tenantNotFound(name);
  return tenant;
}
