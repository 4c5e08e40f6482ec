/**
 * The tenant_resources table: its migration describes the columns. A resource can't be deleted while it is associated:
 * both sides lock the resource's row first, and look at what the other has done only then.
 */
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";
import { lockTenant } from "./tenants.ts";

/** The tables of the resources, by their type in an ARN. */
const tables = {
  "configuration-set": "configuration_sets",
  identity: "email_identities",
  template: "email_templates",
} as const;

export type TenantResourceType = keyof typeof tables;

/** A resource that can be associated with tenants. */
export interface TenantResource {
  readonly type: TenantResourceType;
  readonly name: string;
}

/** Whether the text is the type of a resource that can be associated with tenants. */
export function isTenantResourceType(text: string): text is TenantResourceType {
  return Object.hasOwn(tables, text);
}

export async function resourceExists(database: ScopedQueryable, { type, name }: TenantResource): Promise<boolean> {
  const found = await database.query(`SELECT 1 FROM ${tables[type]} WHERE scope = $1 AND name = $2`, [
    database.scope,
    name,
  ]);
  return found.length === 1;
}

/** Associates a resource with a tenant. */
export async function insertTenantResource(
  database: ScopedDatabase,
  tenant: string,
  { type, name }: TenantResource,
  associatedAt: Date,
): Promise<"created" | "exists" | "no-tenant" | "no-resource"> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    if (!(await lockTenant(transaction, tenant))) return "no-tenant";
    const found = await transaction.query(
      `SELECT 1 FROM ${tables[type]} WHERE scope = $1 AND name = $2 FOR KEY SHARE`,
      [scope, name],
    );
    if (found.length === 0) return "no-resource";
    const created = await transaction.query(
      `INSERT INTO tenant_resources (scope, tenant, type, name, associated_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (scope, tenant, type, name) DO NOTHING RETURNING 1`,
      [scope, tenant, type, name, associatedAt],
    );
    return created.length === 1 ? "created" : "exists";
  });
}

/** Removes an association, if there is one. */
export async function deleteTenantResource(
  database: ScopedQueryable,
  tenant: string,
  { type, name }: TenantResource,
): Promise<void> {
  await database.query("DELETE FROM tenant_resources WHERE scope = $1 AND tenant = $2 AND type = $3 AND name = $4", [
    database.scope,
    tenant,
    type,
    name,
  ]);
}

/** Runs `remove`, which deletes the resource, and returns what it does; "associated" if a tenant has the resource. */
export async function deleteUnlessAssociated(
  database: ScopedDatabase,
  { type, name }: TenantResource,
  remove: (transaction: ScopedQueryable) => Promise<boolean>,
): Promise<boolean | "associated"> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    await transaction.query(`SELECT 1 FROM ${tables[type]} WHERE scope = $1 AND name = $2 FOR UPDATE`, [scope, name]);
    const associated = await transaction.query(
      "SELECT 1 FROM tenant_resources WHERE scope = $1 AND type = $2 AND name = $3 LIMIT 1",
      [scope, type, name],
    );
    return associated.length > 0 ? "associated" : remove(transaction);
  });
}

/** Which of the resources are not associated with the tenant, in the order given. */
export async function selectUnassociated(
  database: ScopedQueryable,
  tenant: string,
  resources: readonly TenantResource[],
): Promise<TenantResource[]> {
  return database.query<TenantResource>(
    `SELECT type, name FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS used (type, name, place)
     WHERE NOT EXISTS (
       SELECT FROM tenant_resources AS r
       WHERE r.scope = $1 AND r.tenant = $2 AND r.type = used.type AND r.name = used.name)
     ORDER BY place`,
    [database.scope, tenant, resources.map(({ type }) => type), resources.map(({ name }) => name)],
  );
}

/** The range and filter of a page of a tenant's resources. */
export interface TenantResourcePage {
  tenant: string;
  /** Undefined for all types. */
  type: TenantResourceType | undefined;
  /** Return resources after this one; undefined for the first page. */
  after: { readonly type: string; readonly name: string } | undefined;
  limit: number;
}

/** The resources of a tenant, in byte order of their ARNs. */
export async function selectTenantResources(
  database: ScopedQueryable,
  { tenant, type, after, limit }: TenantResourcePage,
): Promise<TenantResource[]> {
  return database.query<TenantResource>(
    `SELECT type, name FROM tenant_resources
     WHERE scope = $1 AND tenant = $2 AND ($3::text IS NULL OR type = $3::text)
       AND (type, name) > ($4::text COLLATE "C", $5::text COLLATE "C")
     ORDER BY type, name LIMIT $6::integer`,
    [database.scope, tenant, type ?? null, after?.type ?? "", after?.name ?? "", limit],
  );
}

/** A tenant that a resource is associated with. */
export interface ResourceTenant {
  readonly name: string;
  readonly id: string;
  readonly associatedAt: Date;
  /** Its position in the order of association. */
  readonly position: number;
}

/** The tenants of a resource with a position above `after`, in the order of association. */
export async function selectResourceTenants(
  database: ScopedQueryable,
  { type, name }: TenantResource,
  page: { after: number; limit: number },
): Promise<ResourceTenant[]> {
  return database.query<ResourceTenant>(
    `SELECT t.name, t.id, r.associated_at AS "associatedAt", r.position
     FROM tenant_resources AS r JOIN tenants AS t ON t.scope = r.scope AND t.name = r.tenant
     WHERE r.scope = $1 AND r.type = $2 AND r.name = $3 AND r.position > $4::bigint
     ORDER BY r.position LIMIT $5::integer`,
    [database.scope, type, name, page.after, page.limit],
  );
}
