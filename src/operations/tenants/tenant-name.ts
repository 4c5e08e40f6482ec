import { errors } from "../../contract/errors.ts";

/** In characters. */
export const maxTenantName = 64;

/**
 * Checks and returns the name of a tenant, in SES's order. Throws a bad request for a name that is missing or blank,
 * longer than 64, or has characters other than `A-Z a-z 0-9 _ -`.
 */
export function checkTenantName(name: string | undefined): string {
  if (name === undefined || name.trim() === "") throw errors.tenantNameEmpty();
  if (name.length > maxTenantName) throw errors.tenantNameTooLong(maxTenantName);
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw errors.tenantName(name);
  return name;
}

/** Whether a tenant can have this name. */
export function isTenantName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name);
}
