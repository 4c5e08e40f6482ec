import { expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { inMoreScopes } from "../../test/support/more-scopes.ts";
import { createScopedRead } from "./scoped-read.ts";

it.each(databases)("filters as soon as there is another scope, even during a read ($name)", async ({ open }) => {
  const database = await open();
  try {
    const read = createScopedRead(database);
    const alone = await read(async (scope) => ({ scope }));
    expect(alone).toEqual({ scope: undefined });
    // Events of another scope may be in what is read now.
    const scopes: (number | undefined)[] = [];
    const result = await read(async (scope) => {
      scopes.push(scope);
      if (scope === undefined) await inMoreScopes(database);
      return scope;
    });
    expect(result).toBe(database.scope);
    expect(scopes).toEqual([undefined, database.scope]);
    expect(await read(async (scope) => scope)).toBe(database.scope);
    const [, other] = await inMoreScopes(database);
    expect(await createScopedRead(other)(async (scope) => scope)).toBe(other.scope);
  } finally {
    await database.close();
  }
});
