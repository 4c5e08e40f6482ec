import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { type Database, defaultScope } from "../stores/postgres/database.ts";
import { retireScopes, selectScopesToEmpty } from "../stores/postgres/retired-scopes.ts";
import { belongings, tablesOfNotes } from "../stores/postgres/scopes.ts";
import { AccountError, type Accounts, createAccounts } from "./accounts.ts";
import { openScopes, ScopeNameTaken, type Scopes } from "./scopes.ts";

const [clickhouse] = eventDatabases;
const names = { accountId: "000000000000", region: "us-east-1" };

describe.each(databases)("accounts on $name", ({ open }) => {
  let database: Database;
  let events: EventDatabase;
  let accounts: Accounts;
  let scopes: Scopes;
  const now = new Date("2026-11-24T12:00:00Z");

  beforeAll(async () => {
    if (!clickhouse) throw new Error("there are no engines");
    database = await open();
    events = await clickhouse.open();
    scopes = await openScopes(database, names);
    accounts = createAccounts({ database, events, scopes, clock: () => now });
  });
  afterAll(async () => {
    await events.close();
    await database.close();
  });

  const refusal = async (work: Promise<unknown>) => {
    const error = await work.catch((thrown: unknown) => thrown);
    if (!(error instanceof AccountError)) throw error;
    return [error.kind, error.message];
  };
  const scopeOf = async (account: string, region = "us-east-1") => {
    const scope = await scopes.of(account, region);
    if (!scope) throw new Error(`there is no account ${account}`);
    return scope.id;
  };

  it("have the ID that is given, or a random one, and are listed with their regions", async () => {
    const given = await accounts.create({ id: "000000000001", name: "Shop" });
    const random = await accounts.create({ id: undefined, name: "" });
    expect(random.id).toMatch(/^[1-9]\d{11}$/);
    await scopeOf(random.id, "us-east-1");
    await scopeOf(random.id, "eu-west-1");
    expect(await accounts.list()).toEqual([
      { id: "000000000000", name: "default", regions: ["us-east-1"], createdAt: undefined },
      { id: given.id, name: "Shop", regions: [], createdAt: now },
      { id: random.id, name: "", regions: ["eu-west-1", "us-east-1"], createdAt: now },
    ]);
    for (const { id } of [given, random]) await accounts.delete(id);
    expect(await accounts.list()).toHaveLength(1);
  });

  it.each([
    ["1", "", "invalid"],
    ["00000000000x", "", "invalid"],
    ["", "", "invalid"],
    ["000000000001", "a\nb", "invalid"],
    ["000000000001", "\ud800", "invalid"],
    ["000000000001", "x".repeat(257), "invalid"],
    ["000000000000", "", "conflict"],
  ])("are not created with the ID %j and the name %j", async (id, name, kind) => {
    expect((await refusal(accounts.create({ id, name })))[0]).toBe(kind);
    expect(await accounts.list()).toHaveLength(1);
  });

  it("are a thousand at most", async () => {
    await database.query(
      "INSERT INTO accounts (id, name, created_at) SELECT 100000000000 + number, '', $1 FROM generate_series(1, 999) AS number",
      [now],
    );
    expect(await refusal(accounts.create({ id: undefined, name: "" }))).toEqual([
      "conflict",
      "there are 1000 accounts, the maximum: delete some first",
    ]);
    await database.query("DELETE FROM accounts WHERE created_at IS NOT NULL");
  });

  it("stay while anything belongs to them, which is told", async () => {
    await accounts.create({ id: "111122223333", name: "" });
    const scope = await scopeOf("111122223333", "eu-west-1");
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       VALUES ($1, '', 'a@b.cd', 'BOUNCE', now()), (1, '', 'b@b.cd', 'BOUNCE', now())`,
      [scope],
    );
    await database.query(
      "INSERT INTO access_keys (id, account, secret, description, created_at) VALUES ('AKIAX', '111122223333', '', '', now())",
    );
    await events.client.command({
      query: `INSERT INTO events (id, message_id, scope, type, at, sent_at) VALUES
        (generateUUIDv4(), 'm', ${scope}, 'SEND', now(), now()), (generateUUIDv4(), 'm', ${scope}, 'OPEN', now(), now()),
        (generateUUIDv4(), 'n', 1, 'SEND', now(), now())`,
    });
    expect(await refusal(accounts.delete("111122223333"))).toEqual([
      "conflict",
      "the account 111122223333 still has 1 access keys, 1 suppressed addresses, 1 recorded messages",
    ]);
    expect(await scopes.of("111122223333", "eu-west-1")).toMatchObject({ id: scope });
    await database.query("DELETE FROM suppressed_destinations");
    await database.query("DELETE FROM access_keys");
    await events.client.command({ query: "TRUNCATE TABLE events" });
    await accounts.delete("111122223333");
    expect(await accounts.list()).toHaveLength(1);
  });

  it("stay while they have a tenant, and no table with a scope is forgotten", async () => {
    await accounts.create({ id: "111122223333", name: "" });
    const scope = await scopeOf("111122223333");
    await database.query(
      "INSERT INTO tenants (scope, name, id, created_at, tags) VALUES ($1, 'acme', 'tn-1', now(), '[]')",
      [scope],
    );
    expect(await refusal(accounts.delete("111122223333"))).toEqual([
      "conflict",
      "the account 111122223333 still has 1 tenants",
    ]);
    await database.query("DELETE FROM tenants");
    // What else refers to a scope is deleted with it, or counted.
    const referring = await database.query<{ name: string }>(
      `SELECT conrelid::regclass::text AS name FROM pg_constraint
       WHERE contype = 'f' AND confrelid = 'scopes'::regclass ORDER BY 1`,
    );
    const known = [...belongings.map(([, table]) => table), ...tablesOfNotes, "account"];
    expect(referring.map(({ name }) => name).filter((name) => !known.some((one) => one === name))).toEqual([]);
    await accounts.delete("111122223333");
  });

  it("are deleted after a reset, whatever they had", async () => {
    await accounts.create({ id: "111122223333", name: "" });
    const scope = await scopeOf("111122223333");
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       VALUES ($1, '', 'a@b.cd', 'BOUNCE', now())`,
      [scope],
    );
    expect((await refusal(accounts.delete("111122223333")))[0]).toBe("conflict");
    const { replaced } = await retireScopes(database, [scope], now);
    scopes.replaced(replaced);
    expect([scopes.isRetired(scope), scopes.isRetired(defaultScope)]).toEqual([true, false]);
    expect(await scopeOf("111122223333")).toBe(replaced[0]?.scope.id);
    await accounts.delete("111122223333");
    expect(await accounts.list()).toHaveLength(1);
    expect(await selectScopesToEmpty(database)).toEqual([scope]);
    await database.query("DELETE FROM suppressed_destinations");
    await database.query("DELETE FROM account WHERE scope = $1", [scope]);
    await database.query("DELETE FROM scopes WHERE id = $1", [scope]);
  });

  it("are not deleted if they are the default one, or not there", async () => {
    expect((await refusal(accounts.delete("000000000000")))[0]).toBe("conflict");
    for (const id of ["999999999999", "x", "\0"]) expect((await refusal(accounts.delete(id)))[0]).toBe("unknown");
  });

  it("have scopes from their first use on, in a hundred regions at most", async () => {
    expect(await scopes.of("111122223333", "us-east-1")).toBeUndefined();
    await accounts.create({ id: "111122223333", name: "" });
    const made = await Promise.all(Array.from({ length: 4 }, () => scopeOf("111122223333")));
    expect(new Set(made).size).toBe(1);
    await database.query(
      "INSERT INTO scopes (account, region) SELECT '111122223333', 'xx-a-' || number FROM generate_series(1, 99) AS number",
    );
    await expect(scopes.of("111122223333", "eu-west-1")).rejects.toThrow("100 regions, the maximum");
    await accounts.delete("111122223333");
  });

  describe("the default scope", () => {
    it("gets the names of the settings; what belongs to it stays", async () => {
      await accounts.create({ id: "111122223333", name: "" });
      const other = await scopeOf("111122223333");
      const renamed = await openScopes(database, { accountId: "444455556666", region: "eu-west-1" });
      expect(renamed.default).toEqual({ id: defaultScope, accountId: "444455556666", region: "eu-west-1" });
      expect(await renamed.of("444455556666", "eu-west-1")).toEqual(renamed.default);
      // The default region is one for all accounts.
      expect(await renamed.of("111122223333", "eu-west-1")).toMatchObject({ id: other });
      await openScopes(database, names);
    });

    it.each([
      [{ accountId: "111122223333", region: "us-east-1" }, /^MAILGLASS_ACCOUNT_ID: .* 111122223333/],
      [{ accountId: "000000000000", region: "eu-west-1" }, /^MAILGLASS_REGION: .* eu-west-1/],
    ])("does not get the names %j of others", async (taken, text) => {
      await scopeOf("111122223333", "eu-west-1");
      const opening = openScopes(database, taken);
      await expect(opening).rejects.toThrow(ScopeNameTaken);
      await expect(opening).rejects.toThrow(text);
      expect((await openScopes(database, names)).default).toMatchObject(names);
    });
  });
});
