/** Scopes besides the default one, for tests of what keeps them apart. */
import { openScopes } from "../../src/accounts/scopes.ts";
import { inScope, type ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { insertAccount } from "../../src/stores/postgres/scopes.ts";

/** The database in the default scope, in another region of the default account, and in another account. */
export async function inMoreScopes(
  database: ScopedDatabase,
): Promise<[own: ScopedDatabase, otherRegion: ScopedDatabase, otherAccount: ScopedDatabase]> {
  await insertAccount(database, { id: "111111111111", name: "other", createdAt: new Date() }, 10);
  const scopes = await openScopes(database, { accountId: "000000000000", region: "us-east-1" });
  const [region, account] = [
    await scopes.of("000000000000", "eu-west-1"),
    await scopes.of("111111111111", "us-east-1"),
  ];
  if (!region || !account) throw new Error("the scopes were not created");
  return [database, inScope(database, region.id), inScope(database, account.id)];
}
