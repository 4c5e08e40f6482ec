import { errors } from "../../contract/errors.ts";
import type { ScopedDatabase, ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectScope } from "../../stores/postgres/scopes.ts";
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
  const scope = await selectScope(database, database.scope);
  if (!scope) throw new Error(`There is no scope ${database.scope}`);
  throw errors.hasTenants(resourceArn(scope, resource));
}
