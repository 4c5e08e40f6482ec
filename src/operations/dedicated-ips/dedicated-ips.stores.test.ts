import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents as accountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../../test/support/three-scopes.ts";
import { utcDay } from "../../dedicated-ips/warmup-plan.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertDedicatedIp } from "../../stores/postgres/dedicated-ips.ts";
import { createAccountSettings } from "../account/settings.ts";
import { configurationSetOperations } from "../configuration-sets/configuration-set-operations.ts";
import { tagOperations } from "../tags/tag-operations.ts";
import { dedicatedIpOperations } from "./dedicated-ip-operations.ts";

const now = new Date("2026-12-01T12:00:00Z");
const clock = () => now;
const context = callContext(now);
const defaultPool = "ses-default-dedicated-pool";

function operationsIn({ database, scope }: ScopeUnderTest) {
  const settings = createAccountSettings({ database, clock });
  return {
    scope: scope.id,
    arn: (pool: string) => `arn:aws:ses:${scope.region}:${scope.accountId}:dedicated-ip-pool/${pool}`,
    ...dedicatedIpOperations({ database }),
    ...configurationSetOperations({ database, settings, accountEvents, verification: "off" }),
    ...tagOperations({ scope, database, settings }),
  };
}
type Operations = ReturnType<typeof operationsIn>;

describe.each(databases)("dedicated IP pools on $name", ({ open }) => {
  let database: ScopedDatabase;
  let call: Operations;
  let others: Operations[];

  beforeAll(async () => {
    database = await open();
    const [own, ...rest] = await threeScopes(database);
    call = operationsIn(own);
    others = rest.map(operationsIn);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of ["dedicated_ips", "dedicated_ip_pools", "configuration_sets"]) {
      await database.query(`DELETE FROM ${table}`);
    }
  });

  const register = (address: string, { scope }: Operations = call) =>
    insertDedicatedIp(
      database,
      { address, scope, ehloName: "mail.example.com", registeredAt: now },
      { today: utcDay(now), limit: 100 },
    );
  const create = (PoolName: string) => call.CreateDedicatedIpPool({ PoolName }, context);
  const put = (Ip: string, DestinationPoolName: string) =>
    call.PutDedicatedIpInPool({ Ip, DestinationPoolName }, context);
  const poolOf = async (Ip: string) => (await call.GetDedicatedIp({ Ip }, context)).DedicatedIp?.PoolName;

  test("an account without addresses has none, and no pools; the default pool can be looked at", async () => {
    expect(await call.GetDedicatedIps({}, context)).toEqual({ DedicatedIps: [], NextToken: undefined });
    expect(await call.ListDedicatedIpPools({}, context)).toEqual({ DedicatedIpPools: [], NextToken: undefined });
    expect(await call.GetDedicatedIpPool({ PoolName: defaultPool }, context)).toEqual({
      DedicatedIpPool: { PoolName: defaultPool, ScalingMode: "STANDARD" },
    });
  });

  test("pools are created, listed by page, and have tags", async () => {
    const Tags = [{ Key: "a", Value: "b" }];
    expect(await call.CreateDedicatedIpPool({ PoolName: "z pool", ScalingMode: "STANDARD", Tags }, context)).toEqual(
      {},
    );
    await create("a");
    expect((await call.ListDedicatedIpPools({}, context)).DedicatedIpPools).toEqual(["a", "z pool"]);
    await register("192.0.2.1");
    expect((await call.ListDedicatedIpPools({}, context)).DedicatedIpPools).toEqual(["a", defaultPool, "z pool"]);
    const first = await call.ListDedicatedIpPools({ PageSize: 2 }, context);
    expect(first.DedicatedIpPools).toEqual(["a", defaultPool]);
    const NextToken = first.NextToken ?? "";
    expect(await call.ListDedicatedIpPools({ NextToken }, context)).toEqual({
      DedicatedIpPools: ["z pool"],
      NextToken: undefined,
    });
    expect(await refusalOf(call.GetDedicatedIps({ NextToken }, context))).toEqual([
      "BadRequestException",
      `Invalid NextToken <${NextToken}>.`,
    ]);
    expect((await call.ListTagsForResource({ ResourceArn: call.arn("z pool") }, context)).Tags).toEqual(Tags);
    await call.UntagResource({ ResourceArn: call.arn("z pool"), TagKeys: ["a"] }, context);
    expect((await call.ListTagsForResource({ ResourceArn: call.arn("z pool") }, context)).Tags).toEqual([]);
    expect(await refusalOf(call.ListTagsForResource({ ResourceArn: call.arn("none") }, context))).toEqual([
      "NotFoundException",
      "No DedicatedIpPool present with name: none",
    ]);
  });

  test.each([0, -1, 1001])("a page size of %i is refused", async (PageSize) => {
    const refused = ["BadRequestException", "The page size must be between 1 and 1000"];
    expect(await refusalOf(call.ListDedicatedIpPools({ PageSize }, context))).toEqual(refused);
    expect(await refusalOf(call.GetDedicatedIps({ PageSize }, context))).toEqual(refused);
  });

  test("creation is checked in SES's order: the name, the scaling mode, the tags, whether the name is taken", async () => {
    await create("taken");
    const Tags = [{ Key: "aws:x", Value: "" }];
    // The SDK's types don't have it.
    const mode = JSON.parse('"AUTO"');
    const refusal = (input: Parameters<Operations["CreateDedicatedIpPool"]>[0]) =>
      refusalOf(call.CreateDedicatedIpPool(input, context));
    for (const PoolName of [undefined, "", "  "]) {
      expect(await refusal({ PoolName, ScalingMode: mode, Tags })).toEqual([
        "BadRequestException",
        "PoolName is required.",
      ]);
    }
    for (const PoolName of ["a/b", "a:b", "a\0b", "a\nb", "x".repeat(65)]) {
      expect((await refusal({ PoolName, ScalingMode: mode, Tags }))[1]).toMatch(/^Invalid pool name </);
    }
    expect(await refusal({ PoolName: "taken", ScalingMode: mode, Tags })).toEqual([
      "BadRequestException",
      "The ScalingMode parameter is invalid.",
    ]);
    expect((await refusal({ PoolName: "taken", ScalingMode: "MANAGED", Tags }))[1]).toMatch(
      /^The ScalingMode MANAGED is not supported: /,
    );
    expect((await refusal({ PoolName: "taken", Tags }))[0]).toBe("BadRequestException");
    for (const PoolName of ["taken", defaultPool, "ses-shared-pool"]) {
      expect(await refusal({ PoolName })).toEqual(["AlreadyExistsException", `The pool <${PoolName}> already exists.`]);
    }
    expect((await call.ListDedicatedIpPools({}, context)).DedicatedIpPools).toEqual(["taken"]);
  });

  test("the scaling mode is checked before the pool, and stays STANDARD", async () => {
    await create("p");
    const scale = (PoolName: string, ScalingMode: "STANDARD" | "MANAGED" | undefined) =>
      call.PutDedicatedIpPoolScalingAttributes({ PoolName, ScalingMode }, context);
    expect(await refusalOf(scale("none", undefined))).toEqual([
      "BadRequestException",
      "The ScalingMode parameter is invalid.",
    ]);
    expect((await refusalOf(scale("none", "MANAGED")))[0]).toBe("BadRequestException");
    expect(await refusalOf(scale("none", "STANDARD"))).toEqual([
      "NotFoundException",
      "The requested pool <none> does not exist.",
    ]);
    expect(await scale("p", "STANDARD")).toEqual({});
    expect(await scale(defaultPool, "STANDARD")).toEqual({});
  });

  test("addresses are registered in the default pool, move between pools, and are listed by pool", async () => {
    await create("p");
    await register("192.0.2.1");
    await register("2001:db8::1");
    expect(await call.GetDedicatedIp({ Ip: "2001:DB8:0::1" }, context)).toEqual({
      DedicatedIp: { Ip: "2001:db8::1", WarmupStatus: "IN_PROGRESS", WarmupPercentage: 0, PoolName: defaultPool },
    });
    expect(await put("192.0.2.1", "p")).toEqual({});
    const listed = async (PoolName?: string) =>
      (await call.GetDedicatedIps({ PoolName }, context)).DedicatedIps?.map(({ Ip }) => Ip);
    expect(await listed()).toEqual(["192.0.2.1", "2001:db8::1"]);
    expect(await listed("p")).toEqual(["192.0.2.1"]);
    expect(await listed(defaultPool)).toEqual(["2001:db8::1"]);
    expect(await refusalOf(listed("none"))).toEqual(["NotFoundException", "The requested pool <none> does not exist."]);
    await put("192.0.2.1", defaultPool);
    expect(await poolOf("192.0.2.1")).toBe(defaultPool);
    const page = await call.GetDedicatedIps({ PageSize: 1 }, context);
    expect(page.DedicatedIps?.map(({ Ip }) => Ip)).toEqual(["192.0.2.1"]);
    const rest = await call.GetDedicatedIps({ NextToken: page.NextToken }, context);
    expect(rest.DedicatedIps?.map(({ Ip }) => Ip)).toEqual(["2001:db8::1"]);
  });

  test("a move is checked in SES's order: the name of the pool, the address, the pool", async () => {
    await register("192.0.2.1");
    for (const pool of ["", " "]) {
      expect(await refusalOf(put("x", pool))).toEqual(["BadRequestException", "Pool name can't be blank."]);
    }
    for (const ip of ["192.0.2.2", "not an address", "192.0.2.1\0"]) {
      const refused = ["NotFoundException", `Could not find dedicated IP <${ip}> under this account.`];
      expect(await refusalOf(put(ip, "none"))).toEqual(refused);
      expect(await refusalOf(call.GetDedicatedIp({ Ip: ip }, context))).toEqual(refused);
    }
    for (const pool of ["none", "ses-shared-pool"]) {
      expect(await refusalOf(put("192.0.2.1", pool))).toEqual([
        "NotFoundException",
        `The requested pool <${pool}> does not exist.`,
      ]);
    }
    expect(await poolOf("192.0.2.1")).toBe(defaultPool);
  });

  test("warm-up continues from the percentage that is set; the percentage is checked before the address", async () => {
    await register("192.0.2.1");
    const warm = (Ip: string, WarmupPercentage: number | undefined) =>
      call.PutDedicatedIpWarmupAttributes({ Ip, WarmupPercentage }, context);
    expect(await refusalOf(warm("192.0.2.2", undefined))).toEqual([
      "BadRequestException",
      "Warmup Percentage can't be null.",
    ]);
    for (const percentage of [-1, 101]) {
      expect(await refusalOf(warm("192.0.2.2", percentage))).toEqual([
        "BadRequestException",
        "Warmup Percentage must be between 0 and 100.",
      ]);
    }
    expect((await refusalOf(warm("192.0.2.2", 1)))[0]).toBe("NotFoundException");
    const state = async (at: Date) => {
      const { DedicatedIp } = await call.GetDedicatedIp({ Ip: "192.0.2.1" }, callContext(at));
      return [DedicatedIp?.WarmupStatus, DedicatedIp?.WarmupPercentage];
    };
    const later = new Date("2026-12-10T00:00:00Z");
    expect(await warm("192.0.2.1", 60)).toEqual({});
    expect([await state(now), await state(later)]).toEqual([
      ["IN_PROGRESS", 60],
      ["IN_PROGRESS", 80],
    ]);
    await warm("192.0.2.1", 100);
    expect(await state(now)).toEqual(["DONE", 100]);
    await warm("192.0.2.1", 0);
    expect(await state(now)).toEqual(["IN_PROGRESS", 0]);
  });

  test("a pool is deleted once nothing is in it and no configuration set sends with it", async () => {
    await create("p");
    await register("192.0.2.1");
    await put("192.0.2.1", "p");
    const set = { ConfigurationSetName: "s" };
    await call.CreateConfigurationSet({ ...set, DeliveryOptions: { SendingPoolName: "p" } }, context);
    const remove = (PoolName = "p") => call.DeleteDedicatedIpPool({ PoolName }, context);
    expect(await refusalOf(remove())).toEqual([
      "BadRequestException",
      "The pool <p> can't be deleted: dedicated IP addresses are in it, and configuration sets use it, such as <s>.",
    ]);
    await put("192.0.2.1", defaultPool);
    expect((await refusalOf(remove()))[1]).toMatch(/: configuration sets use it, such as <s>\.$/);
    await call.PutConfigurationSetDeliveryOptions(set, context);
    expect(await remove()).toEqual({});
    expect(await refusalOf(remove())).toEqual(["NotFoundException", "The requested pool <p> does not exist."]);
    expect((await refusalOf(remove(defaultPool)))[0]).toBe("BadRequestException");
    expect((await refusalOf(remove("ses-shared-pool")))[0]).toBe("NotFoundException");
  });

  test("configuration sets name a pool that exists, or a built-in one, and show it", async () => {
    await create("p");
    const set = { ConfigurationSetName: "s" };
    const shown = async () => (await call.GetConfigurationSet(set, context)).DeliveryOptions;
    await call.CreateConfigurationSet(
      { ...set, DeliveryOptions: { SendingPoolName: "p", TlsPolicy: "REQUIRE" } },
      context,
    );
    expect(await shown()).toEqual({ SendingPoolName: "p", TlsPolicy: "REQUIRE" });
    const putOptions = (SendingPoolName?: string) =>
      call.PutConfigurationSetDeliveryOptions({ ...set, SendingPoolName }, context);
    expect(await refusalOf(putOptions(" "))).toEqual(["BadRequestException", "sendingPoolName can't be blank."]);
    for (const pool of ["none", "a\0"]) {
      expect(await refusalOf(putOptions(pool))).toEqual(["BadRequestException", `SendingPool <${pool}> doesn't exist`]);
    }
    expect(await shown()).toEqual({ SendingPoolName: "p", TlsPolicy: "REQUIRE" });
    for (const pool of [defaultPool, "ses-shared-pool"]) {
      await putOptions(pool);
      expect(await shown()).toEqual({ SendingPoolName: pool });
    }
    await putOptions();
    expect(await shown()).toBeUndefined();
  });

  test("pools and addresses belong to an account in a region", async () => {
    await create("p");
    await register("192.0.2.1");
    await put("192.0.2.1", "p");
    for (const [index, other] of others.entries()) {
      const Ip = "192.0.2.1";
      expect((await other.GetDedicatedIps({}, context)).DedicatedIps).toEqual([]);
      expect((await other.ListDedicatedIpPools({}, context)).DedicatedIpPools).toEqual([]);
      const DeliveryOptions = { SendingPoolName: "p" };
      for (const answer of [
        () => other.GetDedicatedIp({ Ip }, context),
        () => other.PutDedicatedIpInPool({ Ip, DestinationPoolName: defaultPool }, context),
        () => other.PutDedicatedIpWarmupAttributes({ Ip, WarmupPercentage: 100 }, context),
        () => other.GetDedicatedIpPool({ PoolName: "p" }, context),
        () => other.GetDedicatedIps({ PoolName: "p" }, context),
        () => other.PutDedicatedIpPoolScalingAttributes({ PoolName: "p", ScalingMode: "STANDARD" }, context),
        () => other.DeleteDedicatedIpPool({ PoolName: "p" }, context),
        () => other.TagResource({ ResourceArn: other.arn("p"), Tags: [{ Key: "a", Value: "b" }] }, context),
      ]) {
        expect((await refusalOf(answer()))[0]).toBe("NotFoundException");
      }
      const created = other.CreateConfigurationSet({ ConfigurationSetName: "s", DeliveryOptions }, context);
      expect((await refusalOf(created))[1]).toBe("SendingPool <p> doesn't exist");
      await other.CreateDedicatedIpPool({ PoolName: "p" }, context);
      await register(`192.0.2.1${index}`, other);
      await other.PutDedicatedIpInPool({ Ip: `192.0.2.1${index}`, DestinationPoolName: "p" }, context);
    }
    expect((await call.GetDedicatedIps({ PoolName: "p" }, context)).DedicatedIps).toEqual([
      { Ip: "192.0.2.1", WarmupStatus: "IN_PROGRESS", WarmupPercentage: 0, PoolName: "p" },
    ]);
  });
});
