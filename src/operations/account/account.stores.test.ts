import type { PutAccountDetailsCommandInput, PutAccountVdmAttributesCommandInput } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { sentSince } from "../../stores/postgres/account.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { getAccount } from "./get-account.ts";
import { putAccountDedicatedIpWarmupAttributes } from "./put-account-dedicated-ip-warmup-attributes.ts";
import { putAccountDetails } from "./put-account-details.ts";
import { putAccountPricingAttributes } from "./put-account-pricing-attributes.ts";
import { putAccountSendingAttributes } from "./put-account-sending-attributes.ts";
import { putAccountVdmAttributes } from "./put-account-vdm-attributes.ts";
import type { AccountSettings } from "./settings.ts";
import { createAccountSettings } from "./settings.ts";

describe.each(databases)("the account on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  const time = { now: 0 };

  beforeAll(async () => {
    database = await open();
    settings = createAccountSettings({ database, clock: () => new Date(time.now) });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM account");
    await database.query("INSERT INTO account (scope) VALUES ($1)", [database.scope]);
    await database.query("DELETE FROM sending_hours");
    settings.invalidate("account");
  });

  const noon = new Date("2026-11-23T12:34:56Z");
  const quota = { max24HourSend: 50_000, maxSendRate: 14.5 };
  const get = (now = noon) => getAccount({ database, quota })({}, callContext(now));
  const putVdm = (attributes: PutAccountVdmAttributesCommandInput["VdmAttributes"]) =>
    putAccountVdmAttributes({ database, settings })({ VdmAttributes: attributes }, callContext());
  const putSending = (enabled: boolean | undefined) =>
    putAccountSendingAttributes({ database, settings, accountEvents: noAccountEvents })(
      { SendingEnabled: enabled },
      callContext(),
    );

  const vdmAsInstalled = {
    VdmEnabled: "ENABLED",
    DashboardAttributes: { EngagementMetrics: "DISABLED" },
    GuardianAttributes: { OptimizedSharedDelivery: "DISABLED" },
  };

  test("a fresh one may send, with VDM enabled", async () => {
    expect(await get()).toEqual({
      DedicatedIpAutoWarmupEnabled: true,
      EnforcementStatus: "HEALTHY",
      PricingAttributes: { CurrentPlan: "NONE" },
      ProductionAccessEnabled: true,
      SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14.5, SentLast24Hours: 0 },
      SendingEnabled: true,
      SuppressionAttributes: { SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
      VdmAttributes: vdmAsInstalled,
    });
  });

  test("addresses that are registered later warm up unless it is turned off; an omitted value turns it off", async () => {
    const put = putAccountDedicatedIpWarmupAttributes({ database, settings });
    expect(await put({}, callContext())).toEqual({});
    expect((await get()).DedicatedIpAutoWarmupEnabled).toBe(false);
    await put({ AutoWarmupEnabled: true }, callContext());
    expect((await get()).DedicatedIpAutoWarmupEnabled).toBe(true);
  });

  test("there is never a second row of a scope, nor one of no scope", async () => {
    const insert = (scope: number) => database.query("INSERT INTO account (scope) VALUES ($1)", [scope]);
    await expect(insert(database.scope)).rejects.toThrow(/duplicate key/);
    await expect(insert(12_345)).rejects.toThrow(/foreign key constraint/);
    await expect(database.query("INSERT INTO account DEFAULT VALUES")).rejects.toThrow(/not-null constraint/);
  });

  test("VDM attributes are replaced as a whole, and their parts show only while it is enabled", async () => {
    expect(
      await putVdm({
        VdmEnabled: "ENABLED",
        DashboardAttributes: { EngagementMetrics: "ENABLED" },
        GuardianAttributes: { OptimizedSharedDelivery: "ENABLED" },
      }),
    ).toEqual({});
    expect((await get()).VdmAttributes).toEqual({
      VdmEnabled: "ENABLED",
      DashboardAttributes: { EngagementMetrics: "ENABLED" },
      GuardianAttributes: { OptimizedSharedDelivery: "ENABLED" },
    });
    expect((await settings.account()).vdm).toEqual({
      enabled: true,
      engagementMetrics: true,
      optimizedSharedDelivery: true,
    });
    await putVdm({ VdmEnabled: "DISABLED", DashboardAttributes: { EngagementMetrics: "ENABLED" } });
    expect((await get()).VdmAttributes).toEqual({ VdmEnabled: "DISABLED" });
    expect((await settings.account()).vdm.enabled).toBe(false);
    await putVdm({ VdmEnabled: "ENABLED" });
    expect((await get()).VdmAttributes).toEqual(vdmAsInstalled);
  });

  test("stopped sending is refused to the send path at once, and let go on at once", async () => {
    expect((await settings.checkAccount()).sendingEnabled).toBe(true);
    await putSending(false);
    expect((await get()).SendingEnabled).toBe(false);
    expect(await refusalOf(settings.checkAccount())).toEqual([
      "SendingPausedException",
      "Sending paused for this account.",
    ]);
    await putSending(true);
    expect((await settings.checkAccount()).sendingEnabled).toBe(true);
    await putSending(undefined);
    expect((await get()).SendingEnabled).toBe(false);
  });

  test("what another process changes is seen within a second, and not asked for before", async () => {
    const queries: string[] = [];
    const watched = {
      scope: database.scope,
      query: <Row extends object>(text: string, parameters?: readonly unknown[]) => {
        queries.push(text);
        return database.query<Row>(text, parameters);
      },
    };
    const here = createAccountSettings({ database: watched, clock: () => new Date(time.now) });
    expect((await here.account()).sendingEnabled).toBe(true);
    await putSending(false);
    time.now += 999;
    expect((await here.account()).sendingEnabled).toBe(true);
    expect(queries).toHaveLength(1);
    time.now += 1;
    expect((await here.account()).sendingEnabled).toBe(false);
    expect(queries).toHaveLength(2);
  });

  test("a change that fails is still looked for anew", async () => {
    const failing = {
      ...database,
      transaction: async () => {
        await database.query("UPDATE account SET sending_enabled = false");
        throw new Error("connection lost");
      },
    };
    expect((await settings.account()).sendingEnabled).toBe(true);
    const put = putAccountSendingAttributes({ database: failing, settings, accountEvents: noAccountEvents });
    await expect(put({ SendingEnabled: false }, callContext())).rejects.toThrow("connection lost");
    expect((await settings.account()).sendingEnabled).toBe(false);
  });

  test("names that don't exist are remembered too, but not without bound", async () => {
    let queries = 0;
    const watched = {
      scope: database.scope,
      query: <Row extends object>(text: string, parameters?: readonly unknown[]) => {
        queries += 1;
        return database.query<Row>(text, parameters);
      },
    };
    const here = createAccountSettings({ database: watched, clock: () => new Date(time.now) });
    for (let round = 0; round < 2; round += 1) {
      for (let name = 0; name < 1000; name += 1) expect(await here.configurationSet(`none-${name}`)).toBeUndefined();
    }
    expect(queries).toBe(1000);
    await here.configurationSet("one-more");
    await here.configurationSet("none-0");
    expect(queries).toBe(1002);
  });

  test("what was sent in 24 hours counts by whole hours", async () => {
    const hours: [string, number][] = [
      ["2026-11-22T11:00:00Z", 1000],
      ["2026-11-22T12:00:00Z", 200],
      ["2026-11-23T11:00:00Z", 30],
      ["2026-11-23T12:00:00Z", 4],
    ];
    for (const [hour, messages] of hours) {
      await database.query("INSERT INTO sending_hours (scope, hour, recipients) VALUES (1, $1, $2)", [
        new Date(hour),
        messages,
      ]);
    }
    expect((await get()).SendQuota?.SentLast24Hours).toBe(234);
    expect(await sentSince(database, new Date("2026-11-23T11:59:59.999Z"))).toBe(34);
    expect(await sentSince(database, new Date("2026-11-23T12:00:00Z"))).toBe(4);
    expect(await sentSince(database, new Date("2026-11-23T13:00:00Z"))).toBe(0);
  });

  test("details are replaced as a whole, and granted at once", async () => {
    const put = (input: PutAccountDetailsCommandInput) =>
      putAccountDetails({ database, settings })(input, callContext());
    const WebsiteURL = "https://example.com/a?b#c";
    const details: PutAccountDetailsCommandInput = {
      MailType: "TRANSACTIONAL",
      WebsiteURL,
      ContactLanguage: "JA",
      UseCaseDescription: "Receipts",
      AdditionalContactEmailAddresses: ["a@example.com"],
    };
    expect(await put({ ...details, ProductionAccessEnabled: true })).toEqual({});
    const { Details, ProductionAccessEnabled } = await get();
    expect(Details).toEqual({ ...details, ReviewDetails: { Status: "GRANTED" } });
    expect(ProductionAccessEnabled).toBe(true);
    expect((await settings.account()).details).toEqual(Details);
    const short = { MailType: "MARKETING", WebsiteURL } as const;
    await put(short);
    expect((await get()).Details).toEqual({ ...short, ReviewDetails: { Status: "GRANTED" } });

    for (const url of ["example.com", "ftp://example.com", "https://", "https://a b", "javascript:alert(1)"]) {
      expect(await refusalOf(put({ ...short, WebsiteURL: url }))).toEqual([
        "BadRequestException",
        "Url contains invalid format",
      ]);
    }
    expect(await refusalOf(put({ ...details, ProductionAccessEnabled: false }))).toEqual([
      "BadRequestException",
      "ProductionAccessEnabled can't be false: Mailglass has no sandbox, all accounts have production access.",
    ]);
    expect((await get()).Details).toMatchObject(short);
  });

  test("there are no pricing plans", async () => {
    expect(await putAccountPricingAttributes({ Plan: "NONE" }, callContext())).toEqual({});
    for (const Plan of ["ESSENTIALS", "PRO", "ENTERPRISE"] as const) {
      expect(await refusalOf(putAccountPricingAttributes({ Plan }, callContext()))).toEqual([
        "BadRequestException",
        `The pricing plan <${Plan}> is not available: Mailglass has no pricing plans, so the plan is always NONE.`,
      ]);
    }
    expect((await get()).PricingAttributes).toEqual({ CurrentPlan: "NONE" });
  });
});
