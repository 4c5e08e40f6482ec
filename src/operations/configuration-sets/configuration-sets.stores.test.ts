import type { CreateConfigurationSetCommandInput } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { AccountSettings } from "../account/settings.ts";
import { createAccountSettings } from "../account/settings.ts";
import { createConfigurationSet } from "./create-configuration-set.ts";
import { deleteConfigurationSet } from "./delete-configuration-set.ts";
import { getConfigurationSet } from "./get-configuration-set.ts";
import { putConfigurationSetDeliveryOptions } from "./put-configuration-set-delivery-options.ts";
import { putConfigurationSetSendingOptions } from "./put-configuration-set-sending-options.ts";
import { putConfigurationSetVdmOptions } from "./put-configuration-set-vdm-options.ts";

describe.each(databases)("configuration sets on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM configuration_sets");
    settings.invalidate("configurationSets");
  });

  const context = callContext();
  const services = () => ({ database, settings, verification: "off" as const });
  const create = (name: string, input: Partial<CreateConfigurationSetCommandInput> = {}) =>
    createConfigurationSet(services())({ ConfigurationSetName: name, ...input }, context);
  const get = (name: string) => getConfigurationSet(services())({ ConfigurationSetName: name }, context);
  const remove = (name: string) => deleteConfigurationSet(services())({ ConfigurationSetName: name }, context);

  test("a set is made, read and deleted", async () => {
    expect(await create("first")).toEqual({});
    expect(await get("first")).toEqual({
      ConfigurationSetName: "first",
      SendingOptions: { SendingEnabled: true },
      ReputationOptions: { ReputationMetricsEnabled: true },
      Tags: [],
    });
    expect(await remove("first")).toEqual({});
    expect(await refusalOf(get("first"))).toEqual(["NotFoundException", "Configuration set <first> does not exist."]);
  });

  test("options and tags are read back as given, tags in their order", async () => {
    const input = {
      TrackingOptions: { CustomRedirectDomain: "click.example.com", HttpsPolicy: "REQUIRE" as const },
      DeliveryOptions: { TlsPolicy: "REQUIRE" as const, MaxDeliverySeconds: 300 },
      ReputationOptions: { ReputationMetricsEnabled: false, LastFreshStart: new Date("2026-01-02T03:04:05.678Z") },
      SendingOptions: { SendingEnabled: true },
      SuppressionOptions: { SuppressedReasons: [], SuppressionScope: "ACCOUNT" as const },
      VdmOptions: { DashboardOptions: { EngagementMetrics: "ENABLED" as const } },
      Tags: [
        { Key: "z", Value: "a @ b\u00a0= 1/2" },
        { Key: "a", Value: "" },
        { Key: "ü", Value: "日本" },
      ],
    };
    await create("full", { ...input, ArchivingOptions: {}, MessageSecurityOptions: {} });
    expect(await get("full")).toEqual({ ConfigurationSetName: "full", ...input });
  });

  test("names differ by case", async () => {
    await create("Name");
    await create("name");
    expect((await get("Name")).ConfigurationSetName).toBe("Name");
  });

  test("a name that is taken is refused, and what it names stays as it was", async () => {
    await create("taken", { Tags: [{ Key: "k", Value: "first" }] });
    expect(await refusalOf(create("taken", { Tags: [{ Key: "k", Value: "second" }] }))).toEqual([
      "AlreadyExistsException",
      "Configuration set <taken> already exists.",
    ]);
    expect((await get("taken")).Tags).toEqual([{ Key: "k", Value: "first" }]);
  });

  test("of concurrent calls with one name exactly one wins", async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => create("contended", { Tags: [{ Key: "by", Value: `${index}` }] })),
    );
    const winners = answers.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
    expect(winners).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "AlreadyExistsException" });
    }
    expect((await get("contended")).Tags).toEqual([{ Key: "by", Value: `${winners[0]}` }]);
  });

  test("there are at most 10,000; a name that is taken is told as such even then", async () => {
    await database.query(
      `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
       SELECT 1, 'set-' || number, true, true, '[]' FROM generate_series(1, 9999) AS number`,
    );
    await create("the-last");
    expect(await refusalOf(create("one-more"))).toEqual([
      "LimitExceededException",
      "The account has the maximum number of configuration sets, <10000>.",
    ]);
    expect((await refusalOf(create("the-last")))[0]).toBe("AlreadyExistsException");
    await remove("the-last");
    expect(await create("one-more")).toEqual({});
  });

  const invalid = "Invalid configuration set name <a.b>: only alphanumeric ASCII characters, '_', and '-' are allowed.";
  test("every operation checks the name before it looks for the set", async () => {
    const sending = putConfigurationSetSendingOptions({ ...services(), accountEvents: noAccountEvents });
    const vdm = putConfigurationSetVdmOptions(services());
    const delivery = putConfigurationSetDeliveryOptions(services());
    const calls = [
      create,
      get,
      remove,
      (name: string) => sending({ ConfigurationSetName: name }, context),
      (name: string) => delivery({ ConfigurationSetName: name }, context),
      (name: string) => vdm({ ConfigurationSetName: name }, context),
      (name: string) => settings.configurationSet(name),
    ];
    for (const call of calls) {
      expect(await refusalOf(call("a.b"))).toEqual(["BadRequestException", invalid]);
      expect((await refusalOf(call("n".repeat(65))))[1]).toBe("Configuration set name cannot exceed 64 characters.");
      expect((await refusalOf(call("")))[1]).toBe("The configuration set name must be specified.");
    }
    for (const call of calls.slice(1, -1)) {
      expect(await refusalOf(call("none"))).toEqual(["NotFoundException", "Configuration set <none> does not exist."]);
    }
  });

  test.each<[string, Partial<CreateConfigurationSetCommandInput>, string, string]>([
    ["a tag", { Tags: [{ Key: "aws:k", Value: "v" }] }, "BadRequestException", "Caller is an end user"],
    [
      "a blank redirect domain",
      { TrackingOptions: { CustomRedirectDomain: " " } },
      "BadRequestException",
      "CustomRedirectDomain must be specified.",
    ],
    [
      "a redirect domain that can't be",
      { TrackingOptions: { CustomRedirectDomain: "no domain" } },
      "BadRequestException",
      "Domain <no domain> is not verified under this account.",
    ],
    [
      "a blank pool",
      { DeliveryOptions: { SendingPoolName: "" } },
      "BadRequestException",
      "sendingPoolName can't be blank.",
    ],
    [
      "a pool that isn't there",
      { DeliveryOptions: { SendingPoolName: "p" } },
      "BadRequestException",
      "SendingPool <p> doesn't exist",
    ],
    [
      "an archive of another account",
      { ArchivingOptions: { ArchiveArn: "arn:aws:ses:us-east-1:1:mailmanager-archive/a" } },
      "NotFoundException",
      "Archive <arn:aws:ses:us-east-1:1:mailmanager-archive/a> does not exist.",
    ],
    [
      "an archive that isn't there",
      { ArchivingOptions: { ArchiveArn: "arn:aws:ses:us-east-1:000000000000:mailmanager-archive/a-0" } },
      "NotFoundException",
      "Archive <arn:aws:ses:us-east-1:000000000000:mailmanager-archive/a-0> does not exist.",
    ],
  ])("%s that can't be taken leaves no set behind", async (_, input, code, text) => {
    const refusal = await refusalOf(create("refused", input));
    expect(refusal[0]).toBe(code);
    expect(refusal[1]).toContain(text);
    expect((await refusalOf(get("refused")))[0]).toBe("NotFoundException");
  });

  test("stopped sending is refused to the send path at once, and let go on at once", async () => {
    const put = putConfigurationSetSendingOptions({ ...services(), accountEvents: noAccountEvents });
    await create("s");
    expect((await settings.checkConfigurationSet("s")).name).toBe("s");
    await put({ ConfigurationSetName: "s", SendingEnabled: false }, context);
    expect((await get("s")).SendingOptions).toEqual({ SendingEnabled: false });
    expect(await refusalOf(settings.checkConfigurationSet("s"))).toEqual([
      "SendingPausedException",
      "Sending is paused for configuration set <s>.",
    ]);
    await put({ ConfigurationSetName: "s", SendingEnabled: true }, context);
    expect((await settings.checkConfigurationSet("s")).sendingEnabled).toBe(true);
    // SES takes an absent boolean for false.
    await put({ ConfigurationSetName: "s" }, context);
    expect((await refusalOf(settings.checkConfigurationSet("s")))[0]).toBe("SendingPausedException");
  });

  test("how mail is delivered is replaced as a whole, and holds at once", async () => {
    const put = putConfigurationSetDeliveryOptions(services());
    await create("d");
    await put({ ConfigurationSetName: "d", TlsPolicy: "REQUIRE", MaxDeliverySeconds: 300 }, context);
    expect((await get("d")).DeliveryOptions).toEqual({ TlsPolicy: "REQUIRE", MaxDeliverySeconds: 300 });
    await put({ ConfigurationSetName: "d", MaxDeliverySeconds: 600 }, context);
    expect((await settings.checkConfigurationSet("d")).deliveryOptions).toEqual({ MaxDeliverySeconds: 600 });
    expect(await refusalOf(put({ ConfigurationSetName: "d", SendingPoolName: "p" }, context))).toEqual([
      "BadRequestException",
      "SendingPool <p> doesn't exist",
    ]);
    expect((await get("d")).DeliveryOptions).toEqual({ MaxDeliverySeconds: 600 });
    await put({ ConfigurationSetName: "d" }, context);
    expect((await get("d")).DeliveryOptions).toBeUndefined();
  });

  test("a set may be made with sending stopped", async () => {
    await create("off", { SendingOptions: { SendingEnabled: false } });
    await create("empty", { SendingOptions: {} });
    expect((await get("off")).SendingOptions).toEqual({ SendingEnabled: false });
    expect((await get("empty")).SendingOptions).toEqual({ SendingEnabled: false });
  });

  test("VDM options are replaced, and taken away", async () => {
    const put = putConfigurationSetVdmOptions(services());
    const guardian = { GuardianOptions: { OptimizedSharedDelivery: "DISABLED" as const } };
    await create("v", { VdmOptions: { DashboardOptions: { EngagementMetrics: "DISABLED" } } });
    await put({ ConfigurationSetName: "v", VdmOptions: guardian }, context);
    expect((await get("v")).VdmOptions).toEqual(guardian);
    expect((await settings.configurationSet("v"))?.vdmOptions).toEqual(guardian);
    await put({ ConfigurationSetName: "v" }, context);
    expect((await get("v")).VdmOptions).toBeUndefined();
    expect((await settings.configurationSet("v"))?.vdmOptions).toBeNull();
  });

  test("the send path sees a set made after it was looked for in vain, and misses a deleted one", async () => {
    expect(await settings.configurationSet("late")).toBeUndefined();
    await create("late");
    expect((await settings.configurationSet("late"))?.name).toBe("late");
    await remove("late");
    expect(await refusalOf(settings.checkConfigurationSet("late"))).toEqual([
      "NotFoundException",
      "Configuration set <late> does not exist.",
    ]);
  });
});
