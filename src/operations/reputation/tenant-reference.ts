/** Tenants as reputation entities: their reference is their ARN. */
import type { Scope } from "../../stores/postgres/scopes.ts";
import { isTenantName } from "../tenants/tenant-name.ts";

/** The ARN of a tenant up to its name. */
export function tenantArnBegin({ accountId, region }: Scope): string {
  return `arn:aws:ses:${region}:${accountId}:tenant/`;
}

/** The name and the ID in the ARN of a tenant of the scope, which need not exist; undefined for any other text. */
export function readTenantReference(scope: Scope, reference: string): { name: string; id: string } | undefined {
  const begin = tenantArnBegin(scope);
  if (!reference.startsWith(begin)) return undefined;
  const [name = "", id = "", ...more] = reference.slice(begin.length).split("/");
  return isTenantName(name) && id !== "" && more.length === 0 ? { name, id } : undefined;
}
