import type { SendingStatus } from "@aws-sdk/client-sesv2";
import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import { selectTenants } from "../../stores/postgres/tenants.ts";
import { readPage } from "../read-page.ts";
import { maxPageSize, pageStart, pageViolations } from "./paging.ts";
import { tenantArn } from "./resource-arn.ts";
import { maxTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";

const statuses: readonly SendingStatus[] = ["ENABLED", "REINSTATED", "DISABLED"];

interface TenantFilter {
  /** In lower case; empty for all. */
  contains: string;
  status: SendingStatus | undefined;
}

/**
 * ListTenants: ordered by the bytes of the names, so that tenants created or deleted between pages neither repeat nor
 * hide others. A token is valid for the same filter only. How SES compares names with the filter is unknown: here case
 * does not count, as in the other lists.
 */
export function listTenants({ database, scope }: Omit<TenantServices, "settings">): Handler<"ListTenants"> {
  return async (input) => {
    refuse([...violations("ListTenants", input), ...pageViolations(input)]);
    const filter = readFilter(input.Filter);
    const kind = `tenants ${JSON.stringify([scope.id, filter.contains, filter.status ?? null])}`;
    const after = pageStart(kind, input.NextToken) ?? "";
    // Names are ASCII; the database rejects some other characters, such as NUL.
    if (!/^[ -~]*$/.test(filter.contains)) return { Tenants: [] };
    const { page, NextToken } = await readPage(
      kind,
      input.PageSize ?? maxPageSize,
      (limit) => selectTenants(database, { after, ...filter, limit }),
      ({ name }) => name,
    );
    return {
      Tenants: page.map((tenant) => ({
        TenantName: tenant.name,
        TenantId: tenant.id,
        TenantArn: tenantArn(scope, tenant),
        CreatedTimestamp: tenant.createdAt,
        SendingStatus: tenant.sendingStatus,
      })),
      NextToken,
    };
  };
}

function readFilter(given: Input<"ListTenants">["Filter"]): TenantFilter {
  const { TENANT_NAME_CONTAINS: contains = "", SENDING_STATUS: status } = given ?? {};
  if (contains.length > maxTenantName) throw errors.tenantNameFilter(maxTenantName);
  const known = statuses.find((one) => one === status);
  if (status !== undefined && known === undefined) throw errors.tenantStatusFilter(status);
  return { contains: contains.toLowerCase(), status: known };
}
