import type { ResourceType } from "@aws-sdk/client-sesv2";
import { concerning, refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import {
  isTenantResourceType,
  selectTenantResources,
  type TenantResourceType,
} from "../../stores/postgres/tenant-resources.ts";
import { readPage } from "../read-page.ts";
import { existingTenant } from "./existing-tenant.ts";
import { maxPageSize, pageStart, pageViolations } from "./paging.ts";
import { resourceArn } from "./resource-arn.ts";
import { checkTenantName } from "./tenant-name.ts";
import type { TenantServices } from "./tenant-services.ts";

/** The model's names. SES writes those of the ARN instead: see writtenValues. */
const modelled = {
  "configuration-set": "CONFIGURATION_SET",
  identity: "EMAIL_IDENTITY",
  template: "EMAIL_TEMPLATE",
} as const satisfies Record<TenantResourceType, ResourceType>;

/**
 * ListTenantResources: ordered by ARN. SES checks the token and the page size, the filter, and then the tenant. The
 * filter has the types as in an ARN, not as in the model. A token is valid for the same tenant and filter only.
 */
export function listTenantResources({
  database,
  scope,
}: Omit<TenantServices, "settings">): Handler<"ListTenantResources"> {
  return async (input) => {
    const found = violations("ListTenantResources", input);
    refuse([...pageViolations(input), ...concerning(found, "filter")]);
    const type = readType(input.Filter?.RESOURCE_TYPE);
    const tenant = await existingTenant(database, checkTenantName(input.TenantName));
    const kind = `tenant-resources ${JSON.stringify([scope.id, tenant.id, type ?? null])}`;
    const after = readPosition(pageStart(kind, input.NextToken));
    const { page, NextToken } = await readPage(
      kind,
      input.PageSize ?? maxPageSize,
      (limit) => selectTenantResources(database, { tenant: tenant.name, type, after, limit }),
      (resource) => `${resource.type}/${resource.name}`,
    );
    return {
      TenantResources: page.map((resource) => ({
        ResourceType: modelled[resource.type],
        ResourceArn: resourceArn(scope, resource),
      })),
      NextToken,
    };
  };
}

function readType(given: string | undefined): TenantResourceType | undefined {
  if (given === undefined) return undefined;
  if (!isTenantResourceType(given)) throw errors.resourceTypeFilter(given);
  return given;
}

function readPosition(position: string | undefined): { type: string; name: string } | undefined {
  if (position === undefined) return undefined;
  const slash = position.indexOf("/");
  return { type: position.slice(0, slash), name: position.slice(slash + 1) };
}
