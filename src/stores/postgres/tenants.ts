/** The tenants table: its migration describes the columns. */
import type { SendingStatus, SuppressionListReason, SuppressionListScope, Tag } from "@aws-sdk/client-sesv2";
import { nullable } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { InsertOutcome } from "./configuration-sets.ts";
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";
import { storedTags, storedTenantSuppression } from "./stored-options.ts";

/** What a tenant's mail is suppressed for, and by which list. */
export interface TenantSuppression {
  SuppressedReasons: SuppressionListReason[];
  SuppressionScope: SuppressionListScope;
}

export interface Tenant {
  name: string;
  /** `tn-` and 30 hexadecimal digits. */
  id: string;
  createdAt: Date;
  tags: Tag[];
  /** Null: as the account. */
  suppression: TenantSuppression | null;
  sendingStatus: SendingStatus;
}

type TenantRow = Omit<Tenant, "tags" | "suppression"> & { tags: unknown; suppression: unknown };

const columns = `name, id, created_at AS "createdAt", tags, suppression, sending_status AS "sendingStatus"`;

function readTenant(row: TenantRow): Tenant {
  return {
    ...row,
    tags: parseData(storedTags, row.tags, `the tags of the tenant ${row.name}`),
    suppression: parseData(
      nullable(storedTenantSuppression),
      row.suppression,
      `SuppressionAttributes of the tenant ${row.name}`,
    ),
  };
}

const json = (value: object | null) => (value === null ? null : JSON.stringify(value));

/**
 * Adds a tenant, with an empty suppression list, unless its name is taken or there are `limit` already. Of concurrent
 * calls with the same name, one creates it. Concurrent calls with different names may exceed the limit by a few.
 */
export async function insertTenant(database: ScopedDatabase, tenant: Tenant, limit: number): Promise<InsertOutcome> {
  const { name, id, createdAt, tags, suppression, sendingStatus } = tenant;
  return database.transaction(async (transaction) => {
    const [row] = await transaction.query<{ outcome: InsertOutcome }>(
      // The last branch covers a row that a concurrent transaction adds: see insertConfigurationSet.
      `WITH room AS (SELECT count(*) < $8::bigint AS free FROM tenants WHERE scope = $1::integer),
       created AS (
         INSERT INTO tenants (scope, name, id, created_at, tags, suppression, sending_status)
         SELECT $1::integer, $2::text, $3::text, $4::timestamptz, $5::text::jsonb, $6::text::jsonb, $7::text
         FROM room WHERE free
         ON CONFLICT (scope, name) DO NOTHING RETURNING name
       )
       SELECT CASE
         WHEN EXISTS (SELECT FROM created) THEN 'created'
         WHEN EXISTS (SELECT FROM tenants WHERE scope = $1::integer AND name = $2::text) THEN 'exists'
         WHEN NOT (SELECT free FROM room) THEN 'full'
         ELSE 'exists' END AS outcome`,
      [database.scope, name, id, createdAt, json(tags), json(suppression), sendingStatus, limit],
    );
    if (!row) throw new Error("Inserting a tenant returned no outcome");
    // A process that did not know yet that an earlier tenant of this name was deleted may have added to its list.
    if (row.outcome === "created") await deleteSuppressions(transaction, name);
    return row.outcome;
  });
}

/** The tenant with this name; undefined if there is none. */
export async function selectTenant(database: ScopedQueryable, name: string): Promise<Tenant | undefined> {
  const [row] = await database.query<TenantRow>(`SELECT ${columns} FROM tenants WHERE scope = $1 AND name = $2`, [
    database.scope,
    name,
  ]);
  return row && readTenant(row);
}

/** Keeps the tenant from being deleted until the transaction ends; false if there is none. */
export async function lockTenant(transaction: ScopedQueryable, name: string): Promise<boolean> {
  const rows = await transaction.query("SELECT 1 FROM tenants WHERE scope = $1 AND name = $2 FOR KEY SHARE", [
    transaction.scope,
    name,
  ]);
  return rows.length === 1;
}

/** The range and filter of a page of tenants. */
export interface TenantPage {
  /** Return tenants with names after this one in byte order; empty for the first page. */
  after: string;
  /** Return names that contain this lower-case text, ignoring case; empty for all. */
  contains: string;
  /** Undefined for all. */
  status: SendingStatus | undefined;
  limit: number;
}

/** Tenants in byte order of their names. */
export async function selectTenants(database: ScopedQueryable, page: TenantPage): Promise<Tenant[]> {
  const rows = await database.query<TenantRow>(
    `SELECT ${columns} FROM tenants
     WHERE scope = $1 AND name > $2::text AND ($3::text = '' OR strpos(lower(name), $3::text) > 0)
       AND ($4::text IS NULL OR sending_status = $4::text)
     ORDER BY name LIMIT $5::integer`,
    [database.scope, page.after, page.contains, page.status ?? null, page.limit],
  );
  return rows.map(readTenant);
}

/** Replaces the suppression attributes, null for none; false if the tenant doesn't exist. */
export async function updateTenantSuppression(
  database: ScopedQueryable,
  name: string,
  suppression: TenantSuppression | null,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE tenants SET suppression = $3::text::jsonb WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name, json(suppression)],
  );
  return rows.length === 1;
}

/** Deletes a tenant, its associations and its suppression list; false if it doesn't exist. */
export async function deleteTenant(database: ScopedDatabase, name: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    // First, so that nothing is added to the list meanwhile: see lockTenant.
    const rows = await transaction.query("DELETE FROM tenants WHERE scope = $1 AND name = $2 RETURNING 1", [
      transaction.scope,
      name,
    ]);
    if (rows.length === 0) return false;
    await deleteSuppressions(transaction, name);
    return true;
  });
}

async function deleteSuppressions(transaction: ScopedQueryable, tenant: string): Promise<void> {
  await transaction.query("DELETE FROM suppressed_destinations WHERE scope = $1 AND tenant = $2", [
    transaction.scope,
    tenant,
  ]);
}
