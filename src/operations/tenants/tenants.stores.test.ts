import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { checkConstraints } from "../../contract/constraints.ts";
import type { Input } from "../../contract/types.ts";
import { inScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertAccount, insertScope, type Scope, selectScopes } from "../../stores/postgres/scopes.ts";
import { suppressionOperations } from "../suppression/suppression-operations.ts";
import { tenantOperations } from "./tenant-operations.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const context = callContext(now);
const scope: Scope = { id: 1, accountId: "000000000000", region: "us-east-1" };
const settings = { invalidate: () => {} };

describe.each(databases)("tenants on $name", ({ open }) => {
  let database: ScopedDatabase;
  let tenants: ReturnType<typeof tenantOperations>;
  beforeAll(async () => {
    database = await open();
    tenants = tenantOperations({ database, settings, scope });
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM tenants"));

  /** As over HTTP, where the constraints are checked first. */
  const create = async (input: Input<"CreateTenant">) => {
    checkConstraints("CreateTenant", input);
    return tenants.CreateTenant(input, context);
  };
  const get = async (TenantName: string | undefined) => (await tenants.GetTenant({ TenantName }, context)).Tenant;
  const remove = (TenantName: string | undefined) => tenants.DeleteTenant({ TenantName }, context);
  const put = (input: Input<"PutTenantSuppressionAttributes">) =>
    tenants.PutTenantSuppressionAttributes(input, context);
  const list = async (input: Input<"ListTenants"> = {}) => tenants.ListTenants(input, context);
  const names = async (input: Input<"ListTenants"> = {}) => (await list(input)).Tenants?.map((one) => one.TenantName);
  const missing = (name: string) => ["NotFoundException", `The requested tenant <${name}> does not exist.`];
  const badRequest = (text: string) => ["BadRequestException", text];

  test("a tenant is created, read and deleted", async () => {
    const Tags = [
      { Key: "z", Value: "1" },
      { Key: "a", Value: "" },
    ];
    const SuppressionAttributes = { SuppressedReasons: ["BOUNCE" as const], SuppressionScope: "TENANT" as const };
    const created = await create({ TenantName: "Acme-1_x", Tags, SuppressionAttributes });
    expect(created).toEqual({
      TenantName: "Acme-1_x",
      TenantId: expect.stringMatching(/^tn-[0-9a-f]{30}$/),
      TenantArn: `arn:aws:ses:us-east-1:000000000000:tenant/Acme-1_x/${created.TenantId}`,
      CreatedTimestamp: now,
      Tags,
      SendingStatus: "ENABLED",
      SuppressionAttributes,
    });
    expect(await get("Acme-1_x")).toEqual(created);
    expect(await refusalOf(get("acme-1_x"))).toEqual(missing("acme-1_x"));
    expect(await remove("Acme-1_x")).toEqual({});
    for (const call of [get, remove]) expect(await refusalOf(call("Acme-1_x"))).toEqual(missing("Acme-1_x"));
    expect((await create({ TenantName: "Acme-1_x" })).TenantId).not.toBe(created.TenantId);
    expect((await get("Acme-1_x"))?.SuppressionAttributes).toBeUndefined();
  });

  test("CreateTenant checks the name, the tags, the suppression attributes, then whether the name is taken", async () => {
    await create({ TenantName: "taken" });
    const Tags = [{ Key: "aws:x", Value: "" }];
    const SuppressionAttributes = { SuppressedReasons: ["BOUNCE" as const] };
    const all = { Tags, SuppressionAttributes };
    const one = "1 validation error detected: Value at 'tenantName' failed to satisfy constraint: ";
    for (const [TenantName, text] of [
      [undefined, `${one}Member must not be null`],
      ["", `${one}Member must have length greater than or equal to 1`],
      [" \t", "TenantName cannot be empty"],
      ["é".repeat(65), "TenantName cannot exceed 64 characters."],
      ["a b", "Invalid tenant name <a b>: only alphanumeric ASCII characters, '_', and '-' are allowed."],
      ["a\n", "Invalid tenant name <a\n>: only alphanumeric ASCII characters, '_', and '-' are allowed."],
      ["taken", "Caller is an end user and not allowed to mutate system tags"],
    ] as const) {
      expect(await refusalOf(create({ TenantName, ...all }))).toEqual(badRequest(text));
    }
    expect(await refusalOf(create({ TenantName: "taken", SuppressionAttributes }))).toEqual(
      badRequest("SuppressedReasons cannot be specified without SuppressionScope."),
    );
    expect(await refusalOf(create({ TenantName: "taken" }))).toEqual([
      "AlreadyExistsException",
      "Tenant with name taken already exists in account 000000000000",
    ]);
    expect(await names()).toEqual(["taken"]);
    await create({ TenantName: "t".repeat(64) });
  });

  test.each([undefined, "", "  ", "t".repeat(65), "a/b"])("no tenant is called %j", async (name) => {
    const text =
      name?.trim() === "" || name === undefined
        ? "TenantName cannot be empty"
        : name.length > 64
          ? "TenantName cannot exceed 64 characters."
          : "Invalid tenant name <a/b>: only alphanumeric ASCII characters, '_', and '-' are allowed.";
    for (const answer of [
      () => get(name),
      () => remove(name),
      () => tenants.ListTenantResources({ TenantName: name }, context),
      // Wrong values come after the name.
      () => put({ TenantName: name, SuppressedReasons: [Object("NOPE")], SuppressionScope: "TENANT" }),
    ]) {
      expect(await refusalOf(answer())).toEqual(badRequest(text));
    }
  });

  test("of concurrent calls with one name, one creates the tenant", async () => {
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => create({ TenantName: "same" })));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await names()).toEqual(["same"]);
  });

  test("suppression attributes are replaced, cleared, and refused in SES's order", async () => {
    await create({ TenantName: "one" });
    const TenantName = "one";
    const shown = async () => (await get("one"))?.SuppressionAttributes;
    for (const attributes of [
      { SuppressedReasons: ["COMPLAINT" as const, "BOUNCE" as const], SuppressionScope: "ACCOUNT" as const },
      { SuppressedReasons: [], SuppressionScope: "TENANT" as const },
    ]) {
      expect(await put({ TenantName, ...attributes })).toEqual({});
      expect(await shown()).toEqual(attributes);
    }
    const wrong = "1 validation error detected: Value at";
    const enumText = "failed to satisfy constraint: Member must satisfy";
    for (const [input, text] of [
      [
        { SuppressedReasons: [Object("NOPE")] },
        `${wrong} 'suppressedReasons' ${enumText} constraint: [Member must satisfy enum value set: [BOUNCE, COMPLAINT]]`,
      ],
      [
        { SuppressedReasons: ["BOUNCE", "BOUNCE"], SuppressionScope: Object("NOPE") },
        `${wrong} 'suppressionScope' ${enumText} enum value set: [TENANT, ACCOUNT]`,
      ],
      [{ SuppressedReasons: ["BOUNCE", "BOUNCE"] }, "Each suppressed reason can only be specified at most once"],
      [{ SuppressedReasons: ["BOUNCE"] }, "SuppressedReasons cannot be specified without SuppressionScope."],
      [
        { SuppressedReasons: [] },
        "SuppressionScope is required when SuppressedReasons are provided. Valid values are: TENANT, ACCOUNT",
      ],
      [{ SuppressionScope: "ACCOUNT" }, "SuppressionScope cannot be specified without SuppressedReasons."],
    ] as [Partial<Input<"PutTenantSuppressionAttributes">>, string][]) {
      for (const name of ["one", "none"]) {
        expect(await refusalOf(put({ TenantName: name, ...input }))).toEqual(badRequest(text));
      }
    }
    expect(await shown()).toEqual({ SuppressedReasons: [], SuppressionScope: "TENANT" });
    expect(await put({ TenantName })).toEqual({});
    expect(await shown()).toBeUndefined();
    expect(await refusalOf(put({ TenantName: "none" }))).toEqual(missing("none"));
  });

  test("the list is in byte order, in pages, and filtered", async () => {
    for (const name of ["b", "B", "a-2", "a", "a_1"]) await create({ TenantName: name });
    await database.query("UPDATE tenants SET sending_status = 'DISABLED' WHERE name = 'a'");
    expect(await names()).toEqual(["B", "a", "a-2", "a_1", "b"]);
    const first = await list({ PageSize: 2 });
    expect(first.Tenants?.[1]).toEqual({
      TenantName: "a",
      TenantId: expect.any(String),
      TenantArn: expect.stringContaining(":tenant/a/tn-"),
      CreatedTimestamp: now,
      SendingStatus: "DISABLED",
    });
    await create({ TenantName: "A" });
    const second = await list({ PageSize: 3, NextToken: first.NextToken });
    expect(second.Tenants?.map((one) => one.TenantName)).toEqual(["a-2", "a_1", "b"]);
    expect(second.NextToken).toBeUndefined();
    expect(await names({ Filter: { TENANT_NAME_CONTAINS: "A" } })).toEqual(["A", "a", "a-2", "a_1"]);
    expect(await names({ Filter: { TENANT_NAME_CONTAINS: "_" } })).toEqual(["a_1"]);
    expect(await names({ Filter: { TENANT_NAME_CONTAINS: "\0" } })).toEqual([]);
    expect(await names({ Filter: { SENDING_STATUS: "DISABLED" } })).toEqual(["a"]);
    expect(await names({ Filter: { SENDING_STATUS: "ENABLED", TENANT_NAME_CONTAINS: "a" } })).toEqual([
      "A",
      "a-2",
      "a_1",
    ]);
    const invalid = badRequest("Invalid Next Token");
    for (const input of [{ Filter: { SENDING_STATUS: "ENABLED" } }, { NextToken: "x" }, { NextToken: "\ud800" }]) {
      expect(await refusalOf(list({ NextToken: first.NextToken, ...input }))).toEqual(invalid);
    }
    const elsewhere = tenantOperations({ database, settings, scope: { ...scope, id: 2 } });
    expect(await refusalOf(elsewhere.ListTenants({ NextToken: first.NextToken }, context))).toEqual(invalid);
  });

  const at = (member: string, value: string) => `Value '${value}' at '${member}' failed to satisfy constraint: `;
  test.each<[Pick<Input<"ListTenants">, "NextToken" | "PageSize">, string]>([
    [
      { PageSize: 0 },
      `1 validation error detected: ${at("pageSize", "0")}Member must have value greater than or equal to 1`,
    ],
    [
      { PageSize: 101 },
      `1 validation error detected: ${at("pageSize", "101")}Member must have value less than or equal to 100`,
    ],
    [
      { NextToken: "" },
      `1 validation error detected: ${at("nextToken", "")}Member must have length greater than or equal to 1`,
    ],
    [
      { NextToken: "", PageSize: -1 },
      `2 validation errors detected: ${at("nextToken", "")}Member must have length greater than or equal to 1; ${at("pageSize", "-1")}Member must have value greater than or equal to 1`,
    ],
  ])("all three lists check the page first: %j", async (input, text) => {
    for (const answer of [
      () => list(input),
      () => tenants.ListTenantResources({ TenantName: "", Filter: { RESOURCE_TYPE: "NOPE" }, ...input }, context),
      () => tenants.ListResourceTenants({ ResourceArn: "no ARN", ...input }, context),
    ]) {
      expect(await refusalOf(answer())).toEqual(badRequest(text));
    }
  });

  test.each<[Record<string, string>, string]>([
    [
      { NAME: "a" },
      "1 validation error detected: Value at 'filter' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [SENDING_STATUS, TENANT_NAME_CONTAINS]]",
    ],
    [{ SENDING_STATUS: "PAUSED" }, "Invalid sending status <PAUSED> in filter."],
    [{ TENANT_NAME_CONTAINS: "a".repeat(65) }, "TENANT_NAME_CONTAINS must be between 1 and 64 characters"],
  ])("the filter %j is refused", async (filter, text) => {
    expect(await refusalOf(list({ Filter: filter }))).toEqual(badRequest(text));
  });

  test("deleting a tenant deletes its suppression list, and one of its name starts with none", async () => {
    const suppression = suppressionOperations({ database, accountEvents: noAccountEvents });
    const suppress = (TenantName?: string) =>
      suppression.PutSuppressedDestination({ EmailAddress: "a@b.example", Reason: "BOUNCE", TenantName }, context);
    const suppressed = async (TenantName?: string) =>
      (await suppression.ListSuppressedDestinations({ TenantName }, context)).SuppressedDestinationSummaries?.length;
    await create({ TenantName: "one" });
    await create({ TenantName: "two" });
    for (const name of ["one", "two", undefined]) await suppress(name);
    await remove("one");
    // What a process adds that does not know yet that the tenant is gone.
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       VALUES (1, 'one', 'late@b.example', 'BOUNCE', now())`,
    );
    for (const call of [suppress, suppressed]) expect(await refusalOf(call("one"))).toEqual(missing("one"));
    expect(await Promise.all([suppressed("two"), suppressed()])).toEqual([1, 1]);
    await create({ TenantName: "one" });
    expect(await suppressed("one")).toBe(0);
  });

  test("an address is never added to the list of a tenant that is being deleted", async () => {
    const suppression = suppressionOperations({ database, accountEvents: noAccountEvents });
    for (let round = 0; round < 10; round += 1) {
      const TenantName = `t-${round}`;
      await create({ TenantName });
      await Promise.allSettled([
        ...[1, 2].map((user) =>
          suppression.PutSuppressedDestination(
            { EmailAddress: `${user}@b.example`, Reason: "BOUNCE", TenantName },
            context,
          ),
        ),
        remove(TenantName),
      ]);
    }
    const left = "SELECT tenant FROM suppressed_destinations WHERE tenant LIKE 't-%'";
    expect(await database.query(left)).toEqual([]);
  });

  test("accounts and regions have their own tenants of one name", async () => {
    await insertAccount(database, { id: "222222222222", name: "other", createdAt: now }, 10);
    await insertScope(database, "222222222222", "us-east-1", 100);
    await insertScope(database, "000000000000", "eu-west-1", 100);
    const scopes = await selectScopes(database);
    expect(scopes).toHaveLength(3);
    const calls = scopes.map((one) => tenantOperations({ database: inScope(database, one.id), settings, scope: one }));
    for (const each of calls) await each.CreateTenant({ TenantName: "same" }, context);
    await calls[1]?.PutTenantSuppressionAttributes(
      { TenantName: "same", SuppressedReasons: [], SuppressionScope: "TENANT" },
      context,
    );
    const shown = async () =>
      Promise.all(
        calls.map(async (each) => {
          const { Tenants = [] } = await each.ListTenants({}, context);
          const [{ TenantName, TenantArn = "" } = {}] = Tenants;
          const got = TenantName ? (await each.GetTenant({ TenantName }, context)).Tenant : undefined;
          return [TenantArn.split("/")[0], got?.SuppressionAttributes?.SuppressionScope];
        }),
      );
    const ofScopes = scopes.map(({ accountId, region }) => `arn:aws:ses:${region}:${accountId}:tenant`);
    expect(await shown()).toEqual(ofScopes.map((arn, index) => [arn, index === 1 ? "TENANT" : undefined]));
    await calls[1]?.DeleteTenant({ TenantName: "same" }, context);
    expect(await shown()).toEqual(ofScopes.map((arn, index) => [index === 1 ? "" : arn, undefined]));
  });
});
