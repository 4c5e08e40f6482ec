/** Configuration sets and event destinations of several accounts and regions. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, type ThreeScopes, threeScopes } from "../../../test/support/three-scopes.ts";
import { selectDestinationsToList, selectSubscriptionsOfAllScopes } from "../../stores/postgres/all-subscriptions.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { createAccountSettings } from "../account/settings.ts";
import { eventDestinationOperations } from "../event-destinations/event-destination-operations.ts";
import { configurationSetOperations } from "./configuration-set-operations.ts";

const context = callContext();
const event = { Enabled: true, MatchingEventTypes: ["BOUNCE" as const] };
const topicIn = ({ region, accountId }: ScopeUnderTest["scope"]) => ({
  ...{ ...event, SnsDestination: { TopicArn: `arn:aws:sns:${region}:${accountId}:events` } },
});
const busOf = ({ region, accountId }: ScopeUnderTest["scope"]) => ({
  ...{ ...event, EventBridgeDestination: { EventBusArn: `arn:aws:events:${region}:${accountId}:event-bus/default` } },
});

function callsOf({ scope, database }: ScopeUnderTest) {
  // The clock stands still: what is read is used until something is changed.
  const settings = createAccountSettings({ database, clock: () => new Date(0) });
  const checkTarget = async () => {};
  const sets = configurationSetOperations({
    ...{ database, settings, accountEvents: noAccountEvents, verification: "off" },
  });
  const destinations = eventDestinationOperations({ database, settings, scope, checkTarget });
  return {
    ...{ scope, database, settings, sets, destinations },
    create: (ConfigurationSetName: string) => sets.CreateConfigurationSet({ ConfigurationSetName }, context),
    get: (ConfigurationSetName: string) => sets.GetConfigurationSet({ ConfigurationSetName }, context),
    remove: (ConfigurationSetName: string) => sets.DeleteConfigurationSet({ ConfigurationSetName }, context),
    list: async (input = {}) => (await sets.ListConfigurationSets(input, context)).ConfigurationSets,
    target: (EventDestinationName: string, EventDestination: object, ConfigurationSetName = "set") =>
      destinations.CreateConfigurationSetEventDestination(
        { ConfigurationSetName, EventDestinationName, EventDestination },
        context,
      ),
    targets: async (ConfigurationSetName = "set") =>
      (await destinations.GetConfigurationSetEventDestinations({ ConfigurationSetName }, context)).EventDestinations,
  };
}

describe.each(databases)("configuration sets of several scopes on $name", ({ open }) => {
  let database: Database;
  let scopes: ThreeScopes;

  beforeAll(async () => {
    database = await open();
    scopes = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM configuration_sets"));

  test("have names of their own, and are listed and deleted by themselves", async () => {
    const [own, elsewhere, other] = scopes.map(callsOf);
    if (!own || !elsewhere || !other) throw new Error("there are three");
    await own.create("set");
    expect(await refusalOf(elsewhere.get("set"))).toMatchObject(["NotFoundException", expect.any(String)]);
    for (const one of [elsewhere, other]) {
      expect(await one.list()).toEqual([]);
      await one.create("set");
      expect(await refusalOf(one.create("set"))).toMatchObject(["AlreadyExistsException", expect.any(String)]);
    }
    await other.create("only-here");
    expect(await other.list()).toEqual(["only-here", "set"]);
    expect(await other.list({ Filter: { CONFIGURATION_SET_NAME_CONTAINS: "only" } })).toEqual(["only-here"]);
    expect(await own.list({ Filter: { CONFIGURATION_SET_NAME_CONTAINS: "only" } })).toEqual([]);
    // A page token of one scope is a position among the names of another.
    const { NextToken } = await other.sets.ListConfigurationSets({ PageSize: 1 }, context);
    expect(await own.list({ NextToken })).toEqual(["set"]);
    await own.remove("set");
    expect(await refusalOf(own.remove("set"))).toMatchObject(["NotFoundException", expect.any(String)]);
    expect([await own.list(), await elsewhere.list(), await other.list()]).toEqual([[], ["set"], ["only-here", "set"]]);
  });

  test("change by themselves, and so do the settings that are kept in memory", async () => {
    const all = scopes.map(callsOf);
    for (const one of all) {
      await one.create("set");
      await one.settings.configurationSet("set");
    }
    const [own, ...others] = all;
    const { sets } = own ?? expect.fail();
    const ConfigurationSetName = "set";
    await sets.PutConfigurationSetSendingOptions({ ConfigurationSetName, SendingEnabled: false }, context);
    await sets.PutConfigurationSetDeliveryOptions({ ConfigurationSetName, TlsPolicy: "REQUIRE" }, context);
    await sets.PutConfigurationSetTrackingOptions({ ConfigurationSetName, CustomRedirectDomain: "t.test" }, context);
    await sets.PutConfigurationSetSuppressionOptions({ ConfigurationSetName, SuppressedReasons: ["BOUNCE"] }, context);
    const VdmOptions = { DashboardOptions: { EngagementMetrics: "ENABLED" as const } };
    await sets.PutConfigurationSetVdmOptions({ ConfigurationSetName, VdmOptions }, context);
    expect(await own?.get("set")).toMatchObject({
      SendingOptions: { SendingEnabled: false },
      DeliveryOptions: { TlsPolicy: "REQUIRE" },
      TrackingOptions: { CustomRedirectDomain: "t.test" },
      SuppressionOptions: { SuppressedReasons: ["BOUNCE"] },
      VdmOptions,
    });
    for (const one of others) {
      expect(await one.get("set")).toEqual({
        ConfigurationSetName: "set",
        SendingOptions: { SendingEnabled: true },
        ReputationOptions: { ReputationMetricsEnabled: true },
        Tags: [],
      });
      one.settings.invalidate("configurationSets");
      expect((await one.settings.checkConfigurationSet("set")).deliveryOptions).toBeNull();
    }
  });

  test("are counted by themselves", async () => {
    const [own, elsewhere] = scopes.map(callsOf);
    await database.query(
      `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
       SELECT 1, 'set-' || number, true, true, '[]' FROM generate_series(1, 10000) AS number`,
    );
    expect(await refusalOf(own?.create("more") ?? expect.fail())).toMatchObject([
      "LimitExceededException",
      expect.any(String),
    ]);
    expect(await elsewhere?.create("more")).toEqual({});
  });

  test("have event destinations of their own, with targets of their account and region", async () => {
    const [own, elsewhere, other] = scopes.map(callsOf);
    if (!own || !elsewhere || !other) throw new Error("there are three");
    for (const one of [own, elsewhere, other]) {
      await one.create("set");
      await one.target("a", topicIn(one.scope));
      expect(await refusalOf(one.target("a", topicIn(one.scope)))).toMatchObject([
        "AlreadyExistsException",
        expect.any(String),
      ]);
      await one.target("b", busOf(one.scope));
      expect(await one.settings.eventDestinations()).toHaveLength(2);
    }
    expect(await refusalOf(elsewhere.target("c", topicIn(own.scope)))).toEqual([
      "BadRequestException",
      expect.stringContaining("eu-west-1"),
    ]);
    expect(await refusalOf(other.target("c", busOf(own.scope)))).toEqual([
      "BadRequestException",
      expect.stringContaining("222222222222"),
    ]);
    // A topic may be another account's.
    await other.target("c", topicIn(own.scope));

    const before = await other.targets();
    await own.destinations.UpdateConfigurationSetEventDestination(
      {
        ...{ ConfigurationSetName: "set", EventDestinationName: "a" },
        EventDestination: { ...topicIn(own.scope), Enabled: false },
      },
      context,
    );
    expect((await own.targets())?.map(({ Name, Enabled }) => [Name, Enabled])).toEqual([
      ["a", false],
      ["b", true],
    ]);
    expect(await other.targets()).toEqual(before);
    expect((await own.settings.eventDestinations()).map(({ name }) => name)).toEqual(["b"]);
    expect((await selectDestinationsToList(database, other.scope.id)).map(({ name }) => name)).toEqual(["a", "b", "c"]);
    const remove = { ConfigurationSetName: "set", EventDestinationName: "b" };
    await own.destinations.DeleteConfigurationSetEventDestination(remove, context);
    expect((await elsewhere.targets())?.map(({ Name }) => Name)).toEqual(["a", "b"]);
    const scopesOf = async () =>
      (await selectSubscriptionsOfAllScopes(database)).map(({ scope, name }) => [scope, name]);
    expect(await scopesOf()).toEqual([
      ...["a", "b"].map((name) => [elsewhere.scope.id, name]),
      ...["a", "b", "c"].map((name) => [other.scope.id, name]),
    ]);
    // A set takes only its own destinations with it.
    await elsewhere.remove("set");
    expect(await scopesOf()).toEqual(["a", "b", "c"].map((name) => [other.scope.id, name]));
    expect(await refusalOf(elsewhere.target("a", topicIn(elsewhere.scope)))).toMatchObject([
      "NotFoundException",
      expect.any(String),
    ]);
  });

  test("have ten event destinations each", async () => {
    const [own, elsewhere] = scopes.map(callsOf);
    if (!own || !elsewhere) throw new Error("there are three");
    await own.create("set");
    await elsewhere.create("set");
    for (let number = 0; number < 10; number++) await own.target(`d${number}`, topicIn(own.scope));
    expect(await refusalOf(own.target("more", topicIn(own.scope)))).toMatchObject([
      "LimitExceededException",
      expect.any(String),
    ]);
    expect(await elsewhere.target("more", topicIn(elsewhere.scope))).toEqual({});
  });
});
