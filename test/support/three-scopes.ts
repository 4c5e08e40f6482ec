/** An account in two regions, and another account, which have the same names for what is theirs. */
import { type Database, defaultScope, inScope, type ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { type Scope, selectScope } from "../../src/stores/postgres/scopes.ts";
import { addScope } from "./other-scopes.ts";

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
  const underTest = (scope: Scope) => ({ scope, database: inScope(database, scope.id) });
  const add = async (account: string, name: string) => underTest(await addScope(database, account, name));
  return [underTest(standard), await add(accountId, "eu-west-1"), await add("222222222222", region)];
}
