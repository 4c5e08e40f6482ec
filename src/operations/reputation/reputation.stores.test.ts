import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../../test/support/three-scopes.ts";
import { checkConstraints } from "../../contract/constraints.ts";
import type { Input } from "../../contract/types.ts";
import type { AccountEvent } from "../../publishing/ses-event/render-account-event.ts";
import { setFindings } from "../../reputation/decide.ts";
import { findRates } from "../../reputation/find.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { lockReputation, updateReputation } from "../../stores/postgres/tenant-reputations.ts";
import { createAccountSettings } from "../account/settings.ts";
import { tenantOperations } from "../tenants/tenant-operations.ts";
import { reputationOperations } from "./reputation-operations.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const later = new Date("2026-11-23T13:00:00.001Z");
const context = callContext(now);
const policyArn = (policy: string) => `arn:aws:ses:us-east-1:aws:reputation-policy/${policy}`;
const missing = (reference: string) => `The reputation entity <${reference}> does not exist.`;
const RESOURCE = "RESOURCE" as const;

describe.each(databases)("reputation entities on $name", ({ open }) => {
  let database: ScopedDatabase;
  let home: ReturnType<typeof operationsIn>;
  let elsewhere: typeof home;
  let other: typeof home;
  let written: [scope: number, AccountEvent][];

  function operationsIn({ database, scope }: ScopeUnderTest) {
    const settings = createAccountSettings({ database, clock: () => now });
    const accountEvents = async () => ({
      async write(transaction: { scope: number }, events: readonly AccountEvent[]) {
        written.push(...events.map((event): [number, AccountEvent] => [transaction.scope, event]));
      },
    });
    return {
      ...tenantOperations({ database, scope, settings }),
      ...reputationOperations({ database, scope, settings, accountEvents }),
      database,
      settings,
    };
  }
  beforeAll(async () => {
    database = await open();
    const [first, second, third] = await threeScopes(database);
    [home, elsewhere, other] = [operationsIn(first), operationsIn(second), operationsIn(third)];
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    written = [];
    await database.query("DELETE FROM tenants");
    for (const { settings } of [home, elsewhere, other]) settings.invalidate("tenants");
  });

  const create = async (TenantName: string, one = home) =>
    (await one.CreateTenant({ TenantName }, context)).TenantArn ?? "";
  const get = async (ReputationEntityReference: string, one = home) => {
    const input = { ReputationEntityType: RESOURCE, ReputationEntityReference };
    return (await one.GetReputationEntity(input, context)).ReputationEntity;
  };
  const setStatus = async (
    ReputationEntityReference: string,
    SendingStatus: "ENABLED" | "REINSTATED" | "DISABLED",
    one = home,
  ) =>
    one.UpdateReputationEntityCustomerManagedStatus(
      { ReputationEntityType: RESOURCE, ReputationEntityReference, SendingStatus },
      callContext(later),
    );
  const setPolicy = async (ReputationEntityReference: string, ReputationEntityPolicy: string, one = home) =>
    one.UpdateReputationEntityPolicy(
      { ReputationEntityType: RESOURCE, ReputationEntityReference, ReputationEntityPolicy },
      callContext(later),
    );
  const list = async (input: Input<"ListReputationEntities"> = {}, one = home) =>
    one.ListReputationEntities(input, context);
  const names = async (Filter: Input<"ListReputationEntities">["Filter"] = {}, one = home) =>
    (await list({ Filter }, one)).ReputationEntities?.map(
      ({ ReputationEntityReference = "" }) => ReputationEntityReference.split("/")[1],
    );
  /** As an evaluation does. */
  const find = (name: string, bounced: number, complained = 0, one = home) =>
    one.database.transaction(async (transaction) => {
      const before = await lockReputation(transaction, name);
      if (!before) throw new Error(`there is no tenant ${name}`);
      const rates = findRates([{ age: 0, sent: 100, delivered: 100, bounced, complained }], now);
      await updateReputation(transaction, setFindings(before, rates, now).reputation);
    });

  test("a new tenant is enabled, with the standard policy", async () => {
    const arn = await create("one");
    expect(await get(arn)).toEqual({
      ReputationEntityReference: arn,
      ReputationEntityType: "RESOURCE",
      ReputationManagementPolicy: policyArn("standard"),
      CustomerManagedStatus: undefined,
      AwsSesManagedStatus: { Status: "ENABLED", Cause: undefined, LastUpdatedTimestamp: now },
      SendingStatusAggregate: "ENABLED",
      ReputationImpact: undefined,
    });
    expect(await list()).toEqual({ ReputationEntities: [await get(arn)], NextToken: undefined });
  });

  test("a user pauses and resumes it, and mail, tenants and lists show it at once", async () => {
    const arn = await create("one");
    expect((await home.settings.tenant("one"))?.sendingStatus).toBe("ENABLED");
    expect(await setStatus(arn, "DISABLED")).toEqual({});
    const Cause = "Status manually updated.";
    expect(await get(arn)).toMatchObject({
      CustomerManagedStatus: { Status: "DISABLED", Cause, LastUpdatedTimestamp: later },
      AwsSesManagedStatus: { Status: "ENABLED" },
      SendingStatusAggregate: "DISABLED",
    });
    expect((await home.settings.tenant("one"))?.sendingStatus).toBe("DISABLED");
    expect((await home.GetTenant({ TenantName: "one" }, context)).Tenant?.SendingStatus).toBe("DISABLED");
    await create("two");
    const tenants = async (SENDING_STATUS: string) =>
      (await home.ListTenants({ Filter: { SENDING_STATUS } }, context)).Tenants?.map((one) => one.TenantName);
    expect(await tenants("DISABLED")).toEqual(["one"]);
    expect(await tenants("ENABLED")).toEqual(["two"]);
    await setStatus(arn, "ENABLED");
    expect((await home.settings.tenant("one"))?.sendingStatus).toBe("ENABLED");
    await setStatus(arn, "ENABLED");
    const event = { tenant: "one", by: "user", at: later, cause: Cause };
    expect(written).toEqual([
      [1, { ...event, type: "SENDING_PAUSED", reinstated: false }],
      [1, { ...event, type: "SENDING_RESUMED", reinstated: false }],
    ]);
  });

  test("a tenant that the server paused is reinstated", async () => {
    const arn = await create("one");
    await find("one", 20, 3);
    expect(await get(arn)).toMatchObject({
      AwsSesManagedStatus: {
        Status: "DISABLED",
        LastUpdatedTimestamp: now,
        Cause: expect.stringMatching(/^The bounce/),
      },
      SendingStatusAggregate: "DISABLED",
      ReputationImpact: "HIGH",
    });
    await setPolicy(arn, policyArn("none"));
    expect(await get(arn)).toMatchObject({
      ReputationManagementPolicy: policyArn("none"),
      SendingStatusAggregate: "DISABLED",
    });
    await setStatus(arn, "ENABLED");
    expect(await get(arn)).toMatchObject({
      CustomerManagedStatus: { Status: "REINSTATED" },
      AwsSesManagedStatus: { Status: "ENABLED", LastUpdatedTimestamp: later },
      SendingStatusAggregate: "REINSTATED",
      ReputationImpact: "HIGH",
    });
    await setPolicy(arn, policyArn("strict"));
    expect(await get(arn)).toMatchObject({ SendingStatusAggregate: "REINSTATED" });
    await find("one", 0);
    expect(await get(arn)).toMatchObject({
      CustomerManagedStatus: { Status: "ENABLED" },
      SendingStatusAggregate: "ENABLED",
      ReputationImpact: undefined,
    });
    expect(written).toMatchObject([[1, { type: "SENDING_RESUMED", reinstated: true, by: "user" }]]);
  });

  test("a stricter policy pauses a tenant at once", async () => {
    const arn = await create("one");
    await find("one", 12);
    expect(await get(arn)).toMatchObject({ SendingStatusAggregate: "ENABLED", ReputationImpact: "LOW" });
    await setPolicy(arn, policyArn("strict"));
    expect((await home.settings.tenant("one"))?.sendingStatus).toBe("DISABLED");
    expect(written).toMatchObject([[1, { type: "SENDING_PAUSED", by: "server", tenant: "one", at: later }]]);
  });

  test("what is no entity is not found, and nothing is changed", async () => {
    const arn = await create("one");
    const before = await get(arn);
    for (const reference of [
      arn.slice(0, -1),
      `${arn}0`,
      `${arn}/`,
      arn.replace("/one/", "/One/"),
      arn.replace("us-east-1", "eu-west-1"),
      arn.replace("000000000000", "222222222222"),
      arn.replace("arn:aws:", "arn:aws-cn:"),
      arn.replace("tenant/", "identity/"),
      arn.replace(/\/tn-.*/, ""),
      arn.replace("/one/", "/o ne/"),
      "one",
      "é",
      "arn:aws:ses:us-east-1:000000000000:identity/example.com",
    ]) {
      expect(await refusalOf(get(reference))).toEqual(["NotFoundException", missing(reference)]);
      // Their model has no NotFoundException.
      for (const change of [() => setStatus(reference, "DISABLED"), () => setPolicy(reference, policyArn("none"))]) {
        expect(await refusalOf(change())).toEqual(["BadRequestException", missing(reference)]);
      }
    }
    expect(await get(arn)).toEqual(before);
    await home.DeleteTenant({ TenantName: "one" }, context);
    expect(await refusalOf(get(arn))).toEqual(["NotFoundException", missing(arn)]);
    const again = await create("one");
    expect(await refusalOf(setStatus(arn, "DISABLED"))).toEqual(["BadRequestException", missing(arn)]);
    expect((await get(again))?.SendingStatusAggregate).toBe("ENABLED");
  });

  test("an unknown policy is refused before the entity is looked for", async () => {
    const arn = await create("one");
    for (const policy of [
      "strict",
      policyArn("Strict"),
      policyArn("other"),
      policyArn("strict").replace("us-east-1", "eu-west-1"),
      policyArn("strict").replace(":aws:rep", ":000000000000:rep"),
    ]) {
      for (const reference of [arn, "none"]) {
        expect(await refusalOf(setPolicy(reference, policy))).toEqual([
          "BadRequestException",
          `Invalid reputation policy <${policy}>.`,
        ]);
      }
    }
    expect((await get(arn))?.ReputationManagementPolicy).toBe(policyArn("standard"));
  });

  test("constraints are refused in SES's words", async () => {
    const checked = async (name: Parameters<typeof checkConstraints>[0], input: object) =>
      checkConstraints(name, input);
    const wrong = (path: string, text: string) =>
      `Value at '${path}' failed to satisfy constraint: Member must ${text}`;
    const both = { ReputationEntityType: "TENANT", ReputationEntityReference: "" };
    expect(await refusalOf(checked("GetReputationEntity", both))).toEqual([
      "BadRequestException",
      `2 validation errors detected: ${wrong("reputationEntityReference", "have length greater than or equal to 1")}; ` +
        wrong("reputationEntityType", "satisfy enum value set: [RESOURCE]"),
    ]);
    const entity = { ReputationEntityType: "RESOURCE", ReputationEntityReference: "x" };
    const one = "1 validation error detected: ";
    expect(
      await refusalOf(checked("UpdateReputationEntityCustomerManagedStatus", { ...entity, SendingStatus: "PAUSED" })),
    ).toEqual([
      "BadRequestException",
      one + wrong("sendingStatus", "satisfy enum value set: [ENABLED, REINSTATED, DISABLED]"),
    ]);
    expect(await refusalOf(checked("UpdateReputationEntityCustomerManagedStatus", entity))).toEqual([
      "BadRequestException",
      one + wrong("sendingStatus", "not be null"),
    ]);
    expect(await refusalOf(checked("UpdateReputationEntityPolicy", entity))).toEqual([
      "BadRequestException",
      one + wrong("reputationEntityPolicy", "not be null"),
    ]);
  });

  test("the list is in byte order, in pages, and filtered", async () => {
    for (const name of ["b", "B", "a-2", "a"]) await create(name);
    const arn = (await home.GetTenant({ TenantName: "a" }, context)).Tenant?.TenantArn ?? "";
    await find("a", 12);
    await find("b", 12, 3);
    expect(await names()).toEqual(["B", "a", "a-2", "b"]);
    for (const [filter, found] of [
      [{ ENTITY_TYPE: "RESOURCE" }, ["B", "a", "a-2", "b"]],
      [{ SENDING_STATUS: "DISABLED" }, ["b"]],
      [{ SENDING_STATUS: "REINSTATED" }, []],
      [{ REPUTATION_IMPACT: "LOW" }, ["a"]],
      [{ REPUTATION_IMPACT: "HIGH" }, ["b"]],
      [{ REPUTATION_IMPACT: "LOW", SENDING_STATUS: "ENABLED", ENTITY_TYPE: "RESOURCE" }, ["a"]],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws" }, ["B", "a", "a-2", "b"]],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/" }, ["B", "a", "a-2", "b"]],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/a" }, ["a", "a-2"]],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/a/" }, ["a"]],
      [{ ENTITY_REFERENCE_PREFIX: arn }, ["a"]],
      [{ ENTITY_REFERENCE_PREFIX: `${arn}x` }, []],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/%" }, []],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/\0" }, []],
      [{ ENTITY_REFERENCE_PREFIX: "arn:aws:ses:us-east-1:000000000000:tenant/\ud800" }, []],
      [{ ENTITY_REFERENCE_PREFIX: "x" }, []],
    ] as const) {
      expect([filter, await names(filter)]).toEqual([filter, found]);
    }
    const first = await list({ PageSize: 3 });
    expect(first.ReputationEntities).toHaveLength(3);
    const rest = await list({ PageSize: 3, NextToken: first.NextToken });
    expect(rest.ReputationEntities).toHaveLength(1);
    expect(rest.NextToken).toBeUndefined();
    const token = ["BadRequestException", "Invalid Next Token"];
    for (const input of [
      { NextToken: "x" },
      { NextToken: first.NextToken, Filter: { SENDING_STATUS: "ENABLED" } },
      { NextToken: (await home.ListTenants({ PageSize: 1 }, context)).NextToken },
    ]) {
      expect(await refusalOf(list(input))).toEqual(token);
    }
    expect(await refusalOf(list({ NextToken: first.NextToken }, elsewhere))).toEqual(token);
  });

  test("a wrong page or filter is refused", async () => {
    const badRequest = (text: string) => ["BadRequestException", text];
    expect(await refusalOf(list({ NextToken: "", PageSize: 101 }))).toEqual(
      badRequest(
        "2 validation errors detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length " +
          "greater than or equal to 1; Value '101' at 'pageSize' failed to satisfy constraint: Member must have value less " +
          "than or equal to 100",
      ),
    );
    expect(await refusalOf(list({ PageSize: 0 }))).toEqual(
      badRequest(
        "1 validation error detected: Value '0' at 'pageSize' failed to satisfy constraint: Member must have value greater " +
          "than or equal to 1",
      ),
    );
    for (const [key, value] of [
      ["ENTITY_TYPE", "TENANT"],
      ["SENDING_STATUS", "enabled"],
      ["REPUTATION_IMPACT", "MEDIUM"],
    ] as const) {
      expect(await refusalOf(list({ Filter: { [key]: value } }))).toEqual(
        badRequest(`Invalid value <${value}> of the filter ${key}.`),
      );
    }
    expect(await refusalOf(list({ Filter: Object({ NAME: "x" }) }))).toEqual(
      badRequest(
        "1 validation error detected: Value at 'filter' failed to satisfy constraint: Map keys must satisfy constraint: " +
          "[Member must satisfy enum value set: [ENTITY_TYPE, REPUTATION_IMPACT, SENDING_STATUS, ENTITY_REFERENCE_PREFIX]]",
      ),
    );
    for (const value of ["", "x".repeat(513)]) {
      expect(await refusalOf(list({ Filter: { ENTITY_REFERENCE_PREFIX: value } }))).toEqual(
        badRequest(expect.stringContaining("Map value must satisfy constraint")),
      );
    }
  });

  test("accounts and regions see and change their own tenants only", async () => {
    const all = [home, elsewhere, other];
    const arns = [];
    for (const one of all) arns.push(await create("same", one));
    const [arn = ""] = arns;
    for (const one of [elsewhere, other]) {
      expect(await refusalOf(get(arn, one))).toEqual(["NotFoundException", missing(arn)]);
      expect(await refusalOf(setStatus(arn, "DISABLED", one))).toEqual(["BadRequestException", missing(arn)]);
    }
    expect(await refusalOf(setPolicy(arn, policyArn("none"), other))).toEqual(["BadRequestException", missing(arn)]);
    await setStatus(arn, "DISABLED");
    await setPolicy(arn, policyArn("strict"));
    await find("same", 20);
    for (const [index, one] of all.entries()) {
      expect(await names({}, one)).toEqual(["same"]);
      expect(await names({ SENDING_STATUS: "DISABLED" }, one)).toEqual(index === 0 ? ["same"] : []);
      expect(await names({ REPUTATION_IMPACT: "HIGH" }, one)).toEqual(index === 0 ? ["same"] : []);
      expect((await one.settings.tenant("same"))?.sendingStatus).toBe(index === 0 ? "DISABLED" : "ENABLED");
    }
    expect((await get(arns[1] ?? "", elsewhere))?.ReputationManagementPolicy).toBe(
      "arn:aws:ses:eu-west-1:aws:reputation-policy/standard",
    );
    expect(written.map(([scope]) => scope)).toEqual([1]);
    await home.DeleteTenant({ TenantName: "same" }, context);
    expect(await database.query("SELECT FROM tenant_findings")).toEqual([]);
    expect(await names({}, other)).toEqual(["same"]);
  });

  test("concurrent changes leave one consistent state", async () => {
    const arn = await create("one");
    await Promise.all([
      ...(["DISABLED", "ENABLED", "DISABLED", "REINSTATED"] as const).map((status) => setStatus(arn, status)),
      ...["none", "strict"].map((policy) => setPolicy(arn, policyArn(policy))),
      find("one", 20),
    ]);
    const entity = await get(arn);
    const statuses = [entity?.CustomerManagedStatus?.Status, entity?.AwsSesManagedStatus?.Status];
    const aggregate = statuses.includes("DISABLED") ? "DISABLED" : statuses[0];
    expect(entity?.SendingStatusAggregate).toBe(aggregate);
    expect(entity?.ReputationImpact).toBe("HIGH");
  });
});
