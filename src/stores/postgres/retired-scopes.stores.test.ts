import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { inMoreScopes } from "../../../test/support/more-scopes.ts";
import { defaultScope, type ScopedDatabase } from "./database.ts";
import { emptyScopes, markEmptied, retireScopes, selectScopesToEmpty, tablesOfScopes } from "./retired-scopes.ts";
import { findScope, insertScope, selectAccounts, selectDefaultScope, selectScope, selectScopes } from "./scopes.ts";

const now = new Date("2026-11-24T12:00:00Z");
const { signal } = new AbortController();

describe.each(databases)("retired scopes on $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  it("are replaced by empty ones of the same account and region", async () => {
    const scopes = (await inMoreScopes(database)).map(({ scope }) => scope);
    const [, elsewhere = 0, other = 0] = scopes;
    const before = await selectScopes(database);
    for (const scope of scopes) {
      await database.query(
        `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
         VALUES ($1, '', 'a@b.cd', 'BOUNCE', $2)`,
        [scope, now],
      );
    }
    const accounts = await selectAccounts(database);
    const { replaced } = await retireScopes(database, [defaultScope, elsewhere], now);
    expect(replaced.map(({ retired }) => retired)).toEqual([defaultScope, elsewhere]);
    for (const { retired, scope } of replaced) {
      const old = before.find(({ id }) => id === retired);
      expect(scope).toEqual({ ...old, id: scope.id });
      expect(await findScope(database, scope.accountId, scope.region)).toEqual(scope);
      expect(await selectScope(database, retired)).toEqual(old);
      expect(await database.query("SELECT FROM account WHERE scope = $1", [scope.id])).toHaveLength(1);
      expect(await insertScope(database, scope.accountId, scope.region, 100)).toBe("exists");
    }
    expect(await selectDefaultScope(database)).toEqual(replaced[0]?.scope);
    expect(await selectAccounts(database)).toEqual(accounts);
    expect(await retireScopes(database, [defaultScope], now)).toEqual({ replaced: [], jobs: [] });

    const toEmpty = await selectScopesToEmpty(database);
    expect(toEmpty).toEqual([defaultScope, elsewhere]);
    await emptyScopes(database, toEmpty, signal);
    expect(await database.query("SELECT scope FROM suppressed_destinations")).toEqual([{ scope: other }]);
    await markEmptied(database, toEmpty);
    expect(await selectScopesToEmpty(database)).toEqual([]);
  });

  it("can be all of them", async () => {
    const before = await selectScopes(database);
    const { replaced } = await retireScopes(database, undefined, now);
    expect(replaced.map(({ retired }) => retired).sort()).toEqual(before.map(({ id }) => id).sort());
    const names = (scopes: readonly object[]) => scopes.map((scope) => ({ ...scope, id: 0 }));
    expect(new Set(names(await selectScopes(database)))).toEqual(new Set(names(before)));
  });

  it("lose the rows of all tables with a scope", async () => {
    const tables = await database.query<{ name: string; parents: string[] }>(
      `SELECT relname AS name, ARRAY(
         SELECT confrelid::regclass::text FROM pg_constraint
         WHERE conrelid = pg_class.oid AND contype = 'f' AND confdeltype = 'c') AS parents
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'scope' AND NOT attisdropped`,
    );
    expect(tables.length).toBeGreaterThan(20);
    const left = tables.filter(({ name, parents }) => {
      const isListed = tablesOfScopes.includes(name) || parents.some((parent) => tablesOfScopes.includes(parent));
      return !isListed && name !== "account";
    });
    expect(left).toEqual([]);
  });
});
