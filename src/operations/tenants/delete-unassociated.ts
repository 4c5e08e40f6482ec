import { errors } from "../../contract/errors.ts";
import type { ScopedDatabase, ScopedQueryable } from "../../stores/postgres/database.ts";
import { ownScope } from "../../stores/postgres/scopes.ts";
import { deleteUnlessAssociated, type TenantResource } from "../../stores/postgres/tenant-resources.ts";
import { resourceArn } from "./resource-arn.ts";

/**
 * Deletes a resource with `remove`, and returns what that returns. Throws a bad request, with SES's text, if the resource
 * is associated with a tenant.
 */
export async function deleteUnassociated(
  database: ScopedDatabase,
  resource: TenantResource,
  remove: (transaction: ScopedQueryable) => Promise<boolean>,
): Promise<boolean> {
  const outcome = await deleteUnlessAssociated(database, resource, remove);
  if (outcome !== "associated") return outcome;
  throw errors.hasTenants(await arnOf(database, resource));
}

/** The ARN of a resource of the database's scope. */
export async function arnOf(database: ScopedQueryable, resource: TenantResource): Promise<string> {
  return resourceArn(await ownScope(database), resource);
}
