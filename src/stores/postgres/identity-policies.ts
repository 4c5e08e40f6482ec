/** The identity_policies table: its migration describes the columns. */
import type { InsertOutcome } from "./configuration-sets.ts";
import type { ScopedDatabase, ScopedQueryable } from "./database.ts";

/** A policy of an identity. */
export interface IdentityPolicy {
  readonly identity: string;
  readonly name: string;
  /** JSON. */
  readonly text: string;
}

/**
 * Adds a policy unless its name is taken or the identity has `limit` already; also if several calls do so at the same
 * time. `no-identity`: there is no such identity.
 */
export async function insertIdentityPolicy(
  database: ScopedDatabase,
  { identity, name, text }: IdentityPolicy,
  { limit, now }: { limit: number; now: Date },
): Promise<InsertOutcome | "no-identity"> {
  return database.transaction(async (transaction) => {
    const { scope } = transaction;
    // Others wait here, and then see what was added. The identity can't be deleted meanwhile.
    const identities = await transaction.query(
      "SELECT FROM email_identities WHERE scope = $1 AND name = $2 FOR NO KEY UPDATE",
      [scope, identity],
    );
    if (identities.length === 0) return "no-identity";
    const existing = await selectIdentityPolicies(transaction, identity);
    if (existing.some((one) => one.name === name)) return "exists";
    if (existing.length >= limit) return "full";
    await transaction.query(
      "INSERT INTO identity_policies (scope, identity, name, text, created_at) VALUES ($1, $2, $3, $4, $5)",
      [scope, identity, name, text, now],
    );
    return "created";
  });
}

/** Replaces the text of a policy; false if it doesn't exist. */
export async function updateIdentityPolicy(
  database: ScopedQueryable,
  { identity, name, text }: IdentityPolicy,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE identity_policies SET text = $4 WHERE scope = $1 AND identity = $2 AND name = $3 RETURNING 1",
    [database.scope, identity, name, text],
  );
  return rows.length === 1;
}

/** Deletes a policy; false if it doesn't exist. */
export async function deleteIdentityPolicy(
  database: ScopedQueryable,
  { identity, name }: Pick<IdentityPolicy, "identity" | "name">,
): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM identity_policies WHERE scope = $1 AND identity = $2 AND name = $3 RETURNING 1",
    [database.scope, identity, name],
  );
  return rows.length === 1;
}

/** The policies of an identity, by name; none if it doesn't exist. */
export async function selectIdentityPolicies(
  database: ScopedQueryable,
  identity: string,
): Promise<Omit<IdentityPolicy, "identity">[]> {
  return database.query("SELECT name, text FROM identity_policies WHERE scope = $1 AND identity = $2 ORDER BY name", [
    database.scope,
    identity,
  ]);
}
