/** An account in two regions, and another account, which have the same names for what is theirs. */
import { type Database, defaultScope, inScope, type ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { findScope, insertAccount, insertScope, type Scope, selectScope } from "../../src/stores/postgres/scopes.ts";

export interface ScopeUnderTest {
  readonly scope: Scope;
  readonly database: ScopedDatabase;
}

/** The default scope, its account in another region, and another account in its region. */
export type ThreeScopes = readonly [own: ScopeUnderTest, elsewhere: ScopeUnderTest, other: ScopeUnderTest];

/** Adds the scopes. */
export async function threeScopes(database: Database): Promise<ThreeScopes> {
  const standard = await selectScope(database, defaultScope);
  if (!standard) throw new Error("the database has no default scope");
  const { accountId, region } = standard;
  const other = "222222222222";
  await insertAccount(database, { id: other, name: "other", createdAt: new Date(0) }, 10);
  const add = async (account: string, name: string) => {
    await insertScope(database, account, name, 100);
    const scope = await findScope(database, account, name);
    if (!scope) throw new Error("the scope was not added");
    return { scope, database: inScope(database, scope.id) };
  };
  return [
    { scope: standard, database: inScope(database, defaultScope) },
    await add(accountId, "eu-west-1"),
    await add(other, region),
  ];
}
