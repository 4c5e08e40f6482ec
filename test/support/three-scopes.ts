/** Two accounts and two regions, for tests that each sees and changes only its own. */
import { type Database, inScope, type ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { findScope, insertAccount, insertScope, type Scope, selectScopes } from "../../src/stores/postgres/scopes.ts";

/** A scope and the database for its resources. */
export interface OpenScope {
  scope: Scope;
  database: ScopedDatabase;
}

/** The default scope, its account in another region, and another account in its region. Adds the latter two. */
export async function threeScopes(database: Database): Promise<[home: OpenScope, abroad: OpenScope, other: OpenScope]> {
  const [home] = await selectScopes(database);
  if (!home) throw new Error("A new database has the default scope");
  const open = async (accountId: string, region: string) => {
    await insertScope(database, accountId, region);
    const scope = await findScope(database, accountId, region);
    if (!scope) throw new Error(`The account ${accountId} has no scope in ${region}`);
    return { scope, database: inScope(database, scope.id) };
  };
  await insertAccount(database, { id: "444455556666", name: "other", createdAt: new Date() }, 10);
  return [
    { scope: home, database: inScope(database, home.id) },
    await open(home.accountId, "eu-west-1"),
    await open("444455556666", home.region),
  ];
}
