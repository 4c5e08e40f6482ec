/** The ARNs of resources of SES: `arn:aws:ses:region:account:type/name`. */
import { errors } from "../../contract/errors.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { isTenantResourceType, type TenantResource } from "../../stores/postgres/tenant-resources.ts";
import type { Tenant } from "../../stores/postgres/tenants.ts";

/** The ARN of a resource that can be associated with tenants. */
export function resourceArn({ accountId, region }: Scope, { type, name }: TenantResource): string {
  return `arn:aws:ses:${region}:${accountId}:${type}/${name}`;
}

export function tenantArn({ accountId, region }: Scope, { name, id }: Pick<Tenant, "name" | "id">): string {
  return `arn:aws:ses:${region}:${accountId}:tenant/${name}/${id}`;
}

/**
 * Reads the ARN of a resource that can be associated with tenants. Throws a bad request, in SES's order, for what is no
 * ARN, not SES's, of another type of resource, in another region, or of another account. The resource need not exist.
 */
export function readResourceArn({ accountId, region }: Scope, arn: string | undefined): TenantResource {
  if (arn === undefined) {
    throw errors.constraints(["Value at 'resourceArn' failed to satisfy constraint: Member must not be null"]);
  }
  const parts = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(arn);
  if (!parts) throw errors.noResourceArn();
  const [, partition, service, ofRegion, ofAccount, resource = ""] = parts;
  // SES was not seen to look at the partition. Here, no other one has resources.
  if (service !== "ses" || partition !== "aws") throw errors.noSesArn();
  const [type = "", ...rest] = resource.split("/");
  if (!isTenantResourceType(type)) throw errors.resourceType(type);
  const name = rest.join("/");
  if (name === "") throw errors.noResourceArn();
  if (ofRegion !== region) throw errors.resourceRegion(arn);
  if (ofAccount !== accountId) throw errors.resourceAccount(arn);
  return { type, name: type === "identity" ? (normalizeIdentityName(name)?.name ?? name) : name };
}
