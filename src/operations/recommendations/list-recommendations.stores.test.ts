import { randomUUID } from "node:crypto";
import type { ListRecommendationsRequest } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../../test/support/three-scopes.ts";
import { encodeFacts } from "../../alerts/alert.ts";
import { insertAlert } from "../../stores/postgres/alerts.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import { fixRecommendation, insertRecommendation } from "../../stores/postgres/recommendations.ts";
import { createAccountSettings } from "../account/settings.ts";
import { tenantOperations } from "../tenants/tenant-operations.ts";
import { listRecommendations } from "./list-recommendations.ts";

const start = new Date("2026-11-01T12:00:00.000Z");
const minutes = (count: number) => new Date(start.getTime() + count * 60_000);

describe.each(databases)("ListRecommendations on $name", ({ open }) => {
  let database: ScopedDatabase;
  let home: ScopeUnderTest;
  let others: ScopeUnderTest[];
  let tenantArn: string;

  beforeAll(async () => {
    database = await open();
    [home, ...others] = await threeScopes(database);
    await insertIdentity(
      home.database,
      { name: "example.com", type: "DOMAIN", configurationSetName: null, tags: [], createdAt: start, dkim: undefined },
      10,
    );
    const recommend = (type: "DKIM" | "BIMI" | "IP_LISTING", finding: string, minute: number) => ({
      ...{ id: randomUUID(), type, finding, impact: type === "BIMI" ? ("LOW" as const) : ("HIGH" as const) },
      ...{ description: `${type} ${finding}`, openedAt: minutes(minute) },
    });
    const fixed = recommend("DKIM", "dkim-record-missing", 1);
    await insertRecommendation(home.database, fixed, "example.com");
    await fixRecommendation(home.database, fixed.id, minutes(9));
    await insertRecommendation(home.database, recommend("BIMI", "bimi-record-missing", 2), "example.com");
    await insertRecommendation(home.database, recommend("IP_LISTING", "192.0.2.1 bl.test", 3), null);
    const settings = createAccountSettings({ database: home.database, clock: () => start });
    const tenants = tenantOperations({ database: home.database, settings, scope: home.scope });
    tenantArn = (await tenants.CreateTenant({ TenantName: "acme" }, callContext())).TenantArn ?? "";
    const alert = (kind: "bounce-rate" | "complaint-rate", rate: number, minute: number) => ({
      ...{ id: randomUUID(), kind, scope: home.scope.id, source: null, since: start, clearSince: null, closedAt: null },
      openedAt: minutes(minute),
      text: `The rate is ${rate}`,
      details: encodeFacts({
        ...{ kind, rate, threshold: 0.01, volume: 1000, windowDays: 1, measuredAt: minutes(8).toISOString() },
      }),
    });
    const tenant = { subjectType: "tenant", subject: "acme" } as const;
    const set = { subjectType: "configuration-set", subject: "news" } as const;
    await insertAlert(database, { ...alert("bounce-rate", 0.12, 4), ...tenant });
    await insertAlert(database, { ...alert("complaint-rate", 0.004, 5), ...set });
    // It is not open yet.
    await insertAlert(database, { ...alert("bounce-rate", 0.12, 6), ...set, openedAt: null });
  });
  afterAll(() => database.close());

  const list = (input: ListRecommendationsRequest = {}, { scope, database: of }: ScopeUnderTest = home, vdm = true) =>
    listRecommendations({ database: of, scope, vdmEnabled: async () => vdm })(input, callContext());
  const found = async (Filter: NonNullable<ListRecommendationsRequest["Filter"]>) =>
    (await list({ Filter })).Recommendations?.map(({ Type, Status }) => `${Type} ${Status}`);

  it("lists recommendations and alerts about rates, the newest first", async () => {
    const arns = `arn:aws:ses:${home.scope.region}:${home.scope.accountId}`;
    expect(await list()).toEqual({
      NextToken: undefined,
      Recommendations: [
        {
          ResourceArn: `${arns}:configuration-set/news`,
          ...{ Type: "COMPLAINT", Description: "The rate is 0.004", Status: "OPEN", Impact: "LOW" },
          ...{ CreatedTimestamp: minutes(5), LastUpdatedTimestamp: minutes(8) },
        },
        {
          ResourceArn: tenantArn,
          ...{ Type: "BOUNCE", Description: "The rate is 0.12", Status: "OPEN", Impact: "HIGH" },
          ...{ CreatedTimestamp: minutes(4), LastUpdatedTimestamp: minutes(8) },
        },
        {
          ResourceArn: undefined,
          ...{ Type: "IP_LISTING", Description: "IP_LISTING 192.0.2.1 bl.test", Status: "OPEN", Impact: "HIGH" },
          ...{ CreatedTimestamp: minutes(3), LastUpdatedTimestamp: minutes(3) },
        },
        {
          ResourceArn: `${arns}:identity/example.com`,
          ...{ Type: "BIMI", Description: "BIMI bimi-record-missing", Status: "OPEN", Impact: "LOW" },
          ...{ CreatedTimestamp: minutes(2), LastUpdatedTimestamp: minutes(2) },
        },
        {
          ResourceArn: `${arns}:identity/example.com`,
          ...{ Type: "DKIM", Description: "DKIM dkim-record-missing", Status: "FIXED", Impact: "HIGH" },
          ...{ CreatedTimestamp: minutes(1), LastUpdatedTimestamp: minutes(9) },
        },
      ],
    });
  });

  it("filters", async () => {
    expect(await found({ TYPE: "DKIM" })).toEqual(["DKIM FIXED"]);
    expect(await found({ TYPE: "FEEDBACK_3P" })).toEqual([]);
    expect(await found({ IMPACT: "LOW" })).toEqual(["COMPLAINT OPEN", "BIMI OPEN"]);
    expect(await found({ STATUS: "FIXED" })).toEqual(["DKIM FIXED"]);
    expect(await found({ STATUS: "OPEN", IMPACT: "HIGH" })).toEqual(["BOUNCE OPEN", "IP_LISTING OPEN"]);
    expect(await found({ STATUS: "OPEN", TYPE: "DKIM" })).toEqual([]);
    expect(await found({ RESOURCE_ARN: tenantArn })).toEqual(["BOUNCE OPEN"]);
    const arns = `arn:aws:ses:${home.scope.region}:${home.scope.accountId}`;
    expect(await found({ RESOURCE_ARN: `${arns}:identity/Example.com` })).toEqual(["BIMI OPEN", "DKIM FIXED"]);
    for (const RESOURCE_ARN of [
      `${tenantArn}0`,
      `${arns}:identity/none.example`,
      `${arns}:identity/`,
      `${arns}:identity/exämple\0`,
      "arn:aws:ses:eu-west-1:111111111111:identity/example.com",
      "example.com",
    ]) {
      expect(await found({ RESOURCE_ARN }), RESOURCE_ARN).toEqual([]);
    }
  });

  it("pages, with tokens for the same filter and scope only", async () => {
    const types: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const { Recommendations = [], NextToken } = await list({ PageSize: 2, NextToken: token });
      types.push(...Recommendations.map(({ Type }) => Type));
      token = NextToken;
    } while (token !== undefined);
    expect(types).toEqual(["COMPLAINT", "BOUNCE", "IP_LISTING", "BIMI", "DKIM"]);
    const { NextToken } = await list({ PageSize: 2 });
    const refused = ["BadRequestException", "Invalid Next Token"];
    expect(await refusalOf(list({ NextToken, Filter: { STATUS: "OPEN" } }))).toEqual(refused);
    expect(await refusalOf(list({ NextToken: "t" }))).toEqual(refused);
    for (const other of others) {
      expect(await list({}, other)).toEqual({ Recommendations: [], NextToken: undefined });
      expect(await refusalOf(list({ NextToken }, other))).toEqual(refused);
    }
  });

  it.each([
    [{ PageSize: 0 }, "Value '0' at 'pageSize' failed to satisfy constraint"],
    [{ PageSize: 101 }, "Member must have value less than or equal to 100"],
    [{ NextToken: "" }, "Member must have length greater than or equal to 1"],
    [{ Filter: {} }, "Member must have length greater than or equal to 1"],
    [{ Filter: { TYPE: "" } }, "Member must have length greater than or equal to 1"],
    [{ Filter: { TYPE: "x".repeat(513) } }, "Member must have length less than or equal to 512"],
    [{ Filter: { TYPE: "SPAM" } }, "Invalid value <SPAM> of the filter TYPE."],
    [{ Filter: { STATUS: "CLOSED" } }, "Invalid value <CLOSED> of the filter STATUS."],
    [{ Filter: { IMPACT: "low" } }, "Invalid value <low> of the filter IMPACT."],
    [{ Filter: { TYPE: "DKIM", IMPACT: "LOW" } }, "STATUS together with either IMPACT or TYPE"],
    [{ Filter: { STATUS: "OPEN", RESOURCE_ARN: "a" } }, "STATUS together with either IMPACT or TYPE"],
  ] as [ListRecommendationsRequest, string][])("refuses %j", async (input, text) => {
    expect(await refusalOf(list(input))).toEqual(["BadRequestException", expect.stringContaining(text)]);
  });

  it("needs VDM", async () => {
    expect(await refusalOf(list({}, home, false))).toEqual([
      "NotFoundException",
      "To use this feature you must enable Virtual Deliverability Manager",
    ]);
  });
});
