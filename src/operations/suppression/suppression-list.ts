/** Determines the list of a call and the stored form of its address. */

import { errors } from "../../contract/errors.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import type { ListedAddress } from "../../stores/postgres/suppressed-destinations.ts";

/** Whether a tenant name is valid: "up to 64 alphanumeric characters, hyphens and underscores" (SES's model). */
export function isTenantName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name);
}

/** The list of a call: a tenant's, or without a name the account's (''). Throws a bad request for an invalid name. */
export function listOf(tenantName: string | undefined): string {
  if (tenantName === undefined) return "";
  if (!isTenantName(tenantName)) throw errors.suppressionTenantName();
  return tenantName;
}

/** The list and the stored form of the address; throws not-found for an invalid address, because it is on no list. */
export function existingKey(given: {
  EmailAddress?: string | undefined;
  TenantName?: string | undefined;
}): ListedAddress {
  const tenant = listOf(given.TenantName);
  const address = contactAddress(given.EmailAddress ?? "");
  if (address === undefined)
    throw errors.suppressedDestinationNotFound((given.EmailAddress ?? "").trim(), tenant !== "");
  return { tenant, address };
}
