/** Determines the list of a call and the stored form of its address. */
import { errors } from "../../contract/errors.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import type { ListedAddress } from "../../stores/postgres/suppressed-destinations.ts";
import { existingTenant } from "../tenants/existing-tenant.ts";
import { checkTenantName } from "../tenants/tenant-name.ts";

/** The list of a call: a tenant's, or without a name the account's (''). Throws a bad request for an invalid name. */
export function listOf(tenantName: string | undefined): string {
  return tenantName === undefined ? "" : checkTenantName(tenantName);
}

/** Throws not-found if the list is that of a tenant that does not exist. SES checks this after the call's other members. */
export async function checkList(database: ScopedQueryable, tenant: string): Promise<void> {
  if (tenant !== "") await existingTenant(database, tenant);
}

/** The list and the stored form of the address; throws not-found for an invalid address, because it is on no list. */
export async function existingKey(
  database: ScopedQueryable,
  given: { EmailAddress?: string | undefined; TenantName?: string | undefined },
): Promise<ListedAddress> {
  const tenant = listOf(given.TenantName);
  await checkList(database, tenant);
  const address = contactAddress(given.EmailAddress ?? "");
  if (address === undefined)
    throw errors.suppressedDestinationNotFound((given.EmailAddress ?? "").trim(), tenant !== "");
  return { tenant, address };
}
