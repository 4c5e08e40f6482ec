/** Scopes beside the default one, for tests that nothing crosses them. */
import type { Database } from "../../src/stores/postgres/database.ts";
import { findScope, insertAccount, insertScope, type Scope } from "../../src/stores/postgres/scopes.ts";

/** Adds the scope of an account in a region, and the account unless it exists. */
export async function addScope(database: Database, accountId: string, region: string): Promise<Scope> {
  await insertAccount(database, { id: accountId, name: `account ${accountId}`, createdAt: new Date() }, 100);
  await insertScope(database, accountId, region, 100);
  const scope = await findScope(database, accountId, region);
  if (!scope) throw new Error(`There is no scope of ${accountId} in ${region}`);
  return scope;
}
