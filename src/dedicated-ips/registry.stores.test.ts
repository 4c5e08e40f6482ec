import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { addScope } from "../../test/support/other-scopes.ts";
import { DnsError } from "../dns/dns-error.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { retireScopes } from "../stores/postgres/retired-scopes.ts";
import { DedicatedIpError } from "./dedicated-ip-error.ts";
import { createDedicatedIpRegistry, type DedicatedIpRegistry } from "./registry.ts";

const down = async () => {
  throw new DnsError("no DNS here");
};

describe.each(databases)("dedicated IP addresses on $name", ({ open }) => {
  let database: ScopedDatabase;
  let registry: DedicatedIpRegistry;
  let now = new Date("2026-12-01T23:59:59Z");

  beforeAll(async () => {
    database = await open();
    registry = createDedicatedIpRegistry({ database, resolver: { ptr: down, addresses: down }, clock: () => now });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    now = new Date("2026-12-01T23:59:59Z");
    await database.query("DELETE FROM dedicated_ips");
  });

  const add = (address: string, changes: { ehloName?: string; unbound?: boolean; scope?: number } = {}) => {
    const { scope = database.scope, ehloName = "mail.example.com", unbound = true } = changes;
    return registry.register(scope, { address, ehloName, unbound });
  };
  const refusal = async (answer: Promise<unknown>) => {
    try {
      await answer;
    } catch (error) {
      if (error instanceof DedicatedIpError) return [error.status, error.message];
      throw error;
    }
    throw new Error("it was not refused");
  };

  it("are addresses of this machine, unless they are registered as unbound", async () => {
    expect(await add("127.0.0.2", { unbound: false, ehloName: "Out.Example.com" })).toEqual({
      address: "127.0.0.2",
      scope: database.scope,
      ehloName: "out.example.com",
      pool: "ses-default-dedicated-pool",
      registeredAt: now,
      warmup: { status: "IN_PROGRESS", percentage: 0, today: { cap: 50, taken: 0 } },
      bound: true,
      reverseDns: { state: "unknown", names: [] },
    });
    const refused = await refusal(add("203.0.113.1", { unbound: false }));
    expect(refused).toEqual([409, expect.stringMatching(/^203\.0\.113\.1 is not an address of this machine\./)]);
    expect(await add("203.0.113.1")).toMatchObject({ address: "203.0.113.1", bound: false });
    expect((await registry.list(undefined)).map(({ address }) => address)).toEqual(["127.0.0.2", "203.0.113.1"]);
  });

  it.each([
    ["no address", { address: "mail.example.com" }],
    ["0.0.0.0", { address: "0.0.0.0" }],
    ["::", { address: "::" }],
    ["multicast", { address: "224.0.0.1" }],
    ["broadcast", { address: "255.255.255.255" }],
    ["link-local", { address: "fe80::1" }],
    ["an empty name", { address: "203.0.113.1", ehloName: "" }],
    ["a name with a line break", { address: "203.0.113.1", ehloName: "a.example\r\nMAIL FROM:<>" }],
    ["a name that is an address", { address: "203.0.113.1", ehloName: "[203.0.113.1]" }],
  ])("%s is refused, and nothing is registered", async (_, { address, ...changes }) => {
    expect((await refusal(add(address, changes)))[0]).toBe(400);
    expect(await registry.list(undefined)).toEqual([]);
  });

  it("are registered once in the installation, in any form", async () => {
    const other = await addScope(database, "222222222222", "us-east-1");
    await add("2001:db8::1");
    const again = [409, "The address 2001:db8::1 is registered already."];
    expect(await refusal(add("2001:DB8:0::1"))).toEqual(again);
    expect(await refusal(add("2001:db8::1", { scope: other.id }))).toEqual(again);
    await add("203.0.113.7", { scope: other.id });
    expect((await registry.list(other.id)).map(({ address }) => address)).toEqual(["203.0.113.7"]);
    await registry.remove("2001:DB8::0:1");
    expect(await refusal(registry.remove("2001:db8::1"))).toEqual([404, "The address 2001:db8::1 is not registered."]);
    await add("2001:db8::1", { scope: other.id });
  });

  it("are warmed up from the start while the account's automatic warm-up is off", async () => {
    await add("203.0.113.1");
    await database.query("UPDATE account SET dedicated_ip_auto_warmup = false WHERE scope = $1", [database.scope]);
    await add("203.0.113.2");
    await database.query("UPDATE account SET dedicated_ip_auto_warmup = true WHERE scope = $1", [database.scope]);
    const states = async () => (await registry.list(undefined)).map(({ warmup }) => [warmup.status, warmup.percentage]);
    expect(await states()).toEqual([
      ["IN_PROGRESS", 0],
      ["DONE", 100],
    ]);
    // Days are UTC: the second one has begun.
    now = new Date("2026-12-02T00:00:00Z");
    expect((await states())[0]).toEqual(["IN_PROGRESS", 2]);
    now = new Date("2027-01-15T00:00:00Z");
    expect((await states())[0]).toEqual(["DONE", 100]);
  });

  it("stay registered when their account is reset, in the default pool, as far as they have warmed up", async () => {
    await add("203.0.113.1");
    await database.query("INSERT INTO dedicated_ip_pools (scope, name, tags) VALUES ($1, 'p', '[]')", [database.scope]);
    await database.query("UPDATE dedicated_ips SET pool = 'p', warmup_percentage = 40");
    const { replaced } = await retireScopes(database, [database.scope], now);
    expect(await registry.list(database.scope)).toEqual([]);
    expect(await registry.list(replaced[0]?.scope.id)).toMatchObject([
      { address: "203.0.113.1", pool: "ses-default-dedicated-pool", warmup: { percentage: 40 } },
    ]);
    expect(await refusal(add("203.0.113.2"))).toEqual([409, "The account was reset meanwhile. Try again."]);
  });
});
