import { refuse } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { resourceExists, selectResourceTenants } from "../../stores/postgres/tenant-resources.ts";
import { readPage } from "../read-page.ts";
import { maxPageSize, pageStart, pageViolations } from "./paging.ts";
import { readResourceArn, resourceArn } from "./resource-arn.ts";
import type { TenantServices } from "./tenant-services.ts";

/**
 * ListResourceTenants: in the order of association. SES checks the token and the page size, the ARN, and then whether the
 * resource exists. A token is valid for the same resource only.
 */
export function listResourceTenants({
  database,
  scope,
}: Omit<TenantServices, "settings">): Handler<"ListResourceTenants"> {
  return async (input) => {
    refuse(pageViolations(input));
    const resource = readResourceArn(scope, input.ResourceArn);
    if (!(await resourceExists(database, resource))) throw errors.resourceNotFound[resource.type](resource.name);
    const kind = `resource-tenants ${JSON.stringify([scope.id, resource.type, resource.name])}`;
    const after = Number(pageStart(kind, input.NextToken) ?? 0);
    // A client can forge a position.
    if (!Number.isSafeInteger(after)) throw errors.tenantToken();
    const { page, NextToken } = await readPage(
      kind,
      input.PageSize ?? maxPageSize,
      (limit) => selectResourceTenants(database, resource, { after, limit }),
      ({ position }) => String(position),
    );
    return {
      ResourceTenants: page.map(({ name, id, associatedAt }) => ({
        TenantName: name,
        TenantId: id,
        ResourceArn: resourceArn(scope, resource),
        AssociatedTimestamp: associatedAt,
      })),
      NextToken,
    };
  };
}
