import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { callContext } from "../../../test/support/operation-call.ts";
import { v1RefusalOf } from "../../../test/support/v1-refusal.ts";
import { errors } from "../../contract/errors.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type AccountSettings, createAccountSettings } from "../account/settings.ts";
import { createConfigurationSet as createInV2 } from "../configuration-sets/create-configuration-set.ts";
import { getConfigurationSet } from "../configuration-sets/get-configuration-set.ts";
import { createConfigurationSetEventDestination as createDestinationInV2 } from "../event-destinations/create-configuration-set-event-destination.ts";
import { getConfigurationSetEventDestinations } from "../event-destinations/get-configuration-set-event-destinations.ts";
import { createConfigurationSet } from "./create-configuration-set.ts";
import { createConfigurationSetEventDestination } from "./create-configuration-set-event-destination.ts";
import { createConfigurationSetTrackingOptions } from "./create-configuration-set-tracking-options.ts";
import { deleteConfigurationSet } from "./delete-configuration-set.ts";
import { deleteConfigurationSetEventDestination } from "./delete-configuration-set-event-destination.ts";
import { deleteConfigurationSetTrackingOptions } from "./delete-configuration-set-tracking-options.ts";
import { describeConfigurationSet } from "./describe-configuration-set.ts";
import { listConfigurationSets } from "./list-configuration-sets.ts";
import { putConfigurationSetDeliveryOptions } from "./put-configuration-set-delivery-options.ts";
import { updateConfigurationSetEventDestination } from "./update-configuration-set-event-destination.ts";
import { updateConfigurationSetReputationMetricsEnabled } from "./update-configuration-set-reputation-metrics-enabled.ts";
import { updateConfigurationSetSendingEnabled } from "./update-configuration-set-sending-enabled.ts";
import { updateConfigurationSetTrackingOptions } from "./update-configuration-set-tracking-options.ts";

const all = [
  "eventDestinations" as const,
  "trackingOptions" as const,
  "deliveryOptions" as const,
  "reputationOptions" as const,
];
const topic = { SNSDestination: { TopicARN: "arn:aws:sns:us-east-1:123456789012:events" } };
const stream = {
  KinesisFirehoseDestination: {
    IAMRoleARN: "arn:aws:iam::123456789012:role/ses",
    DeliveryStreamARN: "arn:aws:firehose:us-east-1:123456789012:deliverystream/mail",
  },
};
const dimension = { DimensionName: "campaign", DimensionValueSource: "messageTag", DefaultDimensionValue: "none" };
const metrics = {
  CloudWatchDestination: {
    DimensionConfigurations: [
      dimension,
      { ...dimension, DimensionName: "b", DimensionValueSource: "emailHeader" },
      { ...dimension, DimensionName: "c", DimensionValueSource: "linkTag" },
    ],
  },
};

describe.each(databases)("configuration sets of v1 on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  let checkTarget = async () => {};

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM configuration_sets");
    settings.invalidate("configurationSets");
    checkTarget = async () => {};
  });

  const context = callContext();
  const services = () => ({
    database,
    settings,
    verification: "off" as const,
    accountEvents: noAccountEvents,
    scope: { accountId: "123456789012", region: "us-east-1" },
    checkTarget,
  });
  const create = (Name: string) => createConfigurationSet(services())({ ConfigurationSet: { Name } }, context);
  const describeSet = (ConfigurationSetName: string, names = all) =>
    describeConfigurationSet(services())({ ConfigurationSetName, ConfigurationSetAttributeNames: [...names] }, context);
  const inV2 = (ConfigurationSetName: string) => getConfigurationSet(services())({ ConfigurationSetName }, context);
  const missing = [
    "ConfigurationSetDoesNotExist",
    "Configuration set <none> does not exist.",
    { ConfigurationSetName: "none" },
  ];
  const addDestination = (EventDestination: object, ConfigurationSetName = "set") =>
    createConfigurationSetEventDestination(services())(
      { ConfigurationSetName, EventDestination: { Name: "to", MatchingEventTypes: ["send"], ...EventDestination } },
      context,
    );

  test("a set of v1 starts without reputation metrics, one of v2 with them", async () => {
    expect(await create("set")).toEqual({});
    const ReputationOptions = { SendingEnabled: true, ReputationMetricsEnabled: false };
    expect(await describeSet("set")).toEqual({
      ConfigurationSet: { Name: "set" },
      EventDestinations: [],
      ReputationOptions,
    });
    expect(await describeSet("set", [])).toEqual({ ConfigurationSet: { Name: "set" } });
    expect(await inV2("set")).toMatchObject({
      SendingOptions: { SendingEnabled: true },
      ReputationOptions: { ReputationMetricsEnabled: false },
      Tags: [],
    });
    await createInV2(services())({ ConfigurationSetName: "of-v2" }, context);
    expect((await describeSet("of-v2")).ReputationOptions?.ReputationMetricsEnabled).toBe(true);
    expect(await v1RefusalOf(create("of-v2"))).toEqual([
      "ConfigurationSetAlreadyExists",
      "Configuration set <of-v2> already exists.",
      { ConfigurationSetName: "of-v2" },
    ]);
    for (const name of ["", "a b", "n".repeat(65)])
      expect((await v1RefusalOf(create(name)))[0]).toBe("InvalidConfigurationSet");
  });

  test("its switches and delivery options are those of v2", async () => {
    await create("set");
    const ConfigurationSetName = "set";
    await updateConfigurationSetSendingEnabled(services())({ ConfigurationSetName, Enabled: false }, context);
    await updateConfigurationSetReputationMetricsEnabled(services())({ ConfigurationSetName, Enabled: true }, context);
    const put = (DeliveryOptions?: { TlsPolicy?: "Require" | "Optional" }) =>
      putConfigurationSetDeliveryOptions(services())({ ConfigurationSetName, DeliveryOptions }, context);
    await put({ TlsPolicy: "Require" });
    expect(await inV2("set")).toMatchObject({
      SendingOptions: { SendingEnabled: false },
      ReputationOptions: { ReputationMetricsEnabled: true },
      DeliveryOptions: { TlsPolicy: "REQUIRE" },
    });
    expect(await describeSet("set")).toMatchObject({
      DeliveryOptions: { TlsPolicy: "Require" },
      ReputationOptions: { SendingEnabled: false, ReputationMetricsEnabled: true },
    });
    await put({ TlsPolicy: "Optional" });
    expect((await describeSet("set")).DeliveryOptions).toEqual({ TlsPolicy: "Optional" });
    await put();
    expect((await inV2("set")).DeliveryOptions).toBeUndefined();
  });

  test("tracking options are added once, changed and deleted", async () => {
    await create("set");
    const given = (CustomRedirectDomain?: string) => ({
      ConfigurationSetName: "set",
      TrackingOptions: { CustomRedirectDomain },
    });
    const add = createConfigurationSetTrackingOptions(services());
    const change = updateConfigurationSetTrackingOptions(services());
    const remove = deleteConfigurationSetTrackingOptions(services());
    const none = [
      "TrackingOptionsDoesNotExistException",
      "There are no tracking options for configuration set <set>",
      { ConfigurationSetName: "set" },
    ];
    expect(await v1RefusalOf(change(given("a.example"), context))).toEqual(none);
    expect(await v1RefusalOf(remove(given(), context))).toEqual(none);
    const answers = await Promise.allSettled(["a", "b", "c"].map((host) => add(given(`${host}.example`), context)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await v1RefusalOf(add(given("a.example"), context))).toEqual([
      "TrackingOptionsAlreadyExistsException",
      "Configuration set <set> already has tracking options.",
      { ConfigurationSetName: "set" },
    ]);
    await change(given("click.example.com"), context);
    expect((await describeSet("set")).TrackingOptions).toEqual({ CustomRedirectDomain: "click.example.com" });
    expect((await settings.configurationSet("set"))?.trackingOptions?.CustomRedirectDomain).toBe("click.example.com");
    for (const domain of [undefined, "", " ", "no domain"]) {
      expect((await v1RefusalOf(change(given(domain), context)))[0]).toBe("InvalidTrackingOptions");
    }
    await remove(given(), context);
    expect((await inV2("set")).TrackingOptions).toBeUndefined();
    expect((await settings.configurationSet("set"))?.trackingOptions).toBeNull();
  });

  test.each([
    [{ ...topic, MatchingEventTypes: ["bounce", "renderingFailure", "send"] }, "SnsDestination"],
    [{ ...stream, Enabled: true, MatchingEventTypes: ["deliveryDelay", "subscription"] }, "KinesisFirehoseDestination"],
    [
      { ...metrics, Enabled: true, MatchingEventTypes: ["open", "click", "reject", "complaint", "delivery"] },
      "CloudWatchDestination",
    ],
  ])("an event destination is the same in both APIs: %j", async (given, target) => {
    await create("set");
    await addDestination(given);
    expect((await describeSet("set")).EventDestinations).toEqual([{ Name: "to", Enabled: false, ...given }]);
    const { EventDestinations: [shown] = [] } = await getConfigurationSetEventDestinations(services())(
      { ConfigurationSetName: "set" },
      context,
    );
    expect(shown).toMatchObject({ Name: "to", [target]: expect.any(Object) });
    const EventDestination = { Name: "to", MatchingEventTypes: ["send" as const], ...topic };
    await updateConfigurationSetEventDestination(services())(
      { ConfigurationSetName: "set", EventDestination },
      context,
    );
    expect((await describeSet("set")).EventDestinations).toEqual([{ ...EventDestination, Enabled: false }]);
    const named = { ConfigurationSetName: "set", EventDestinationName: "to" };
    await deleteConfigurationSetEventDestination(services())(named, context);
    expect((await describeSet("set")).EventDestinations).toEqual([]);
    expect((await v1RefusalOf(deleteConfigurationSetEventDestination(services())(named, context)))[0]).toBe(
      "EventDestinationDoesNotExist",
    );
  });

  test("a destination that v1 has no form for is shown without its target", async () => {
    await create("set");
    const EventBusArn = "arn:aws:events:us-east-1:123456789012:event-bus/default";
    const EventDestination = {
      Enabled: true,
      MatchingEventTypes: ["SEND" as const],
      EventBridgeDestination: { EventBusArn },
    };
    const named = { ConfigurationSetName: "set", EventDestinationName: "bus" };
    await createDestinationInV2(services())({ ...named, EventDestination }, context);
    expect((await describeSet("set")).EventDestinations).toEqual([
      { Name: "bus", Enabled: true, MatchingEventTypes: ["send"] },
    ]);
  });

  test.each<[object, code: string, text: unknown]>([
    [{}, "InvalidParameterValue", "Event destination is not provided."],
    [{ ...topic, ...stream }, "InvalidParameterValue", expect.stringContaining("only one destination")],
    [{ ...topic, Name: "" }, "InvalidParameterValue", "EventDestinationName is required."],
    [
      { ...topic, Name: "a b" },
      "InvalidParameterValue",
      expect.stringContaining("Invalid event destination name <a b>"),
    ],
    [{ ...topic, MatchingEventTypes: [] }, "InvalidParameterValue", "At least one event type must be specified."],
    [
      { ...topic, MatchingEventTypes: ["SEND"] },
      "InvalidParameterValue",
      "Invalid event type: SEND. Valid values are [send, reject, bounce, complaint, delivery, open, click, renderingFailure, deliveryDelay, subscription].",
    ],
    [{ SNSDestination: { TopicARN: "x" } }, "InvalidSNSDestination", "Invalid SNS topic ARN <x>."],
    [
      { KinesisFirehoseDestination: { ...stream.KinesisFirehoseDestination, IAMRoleARN: "x" } },
      "InvalidFirehoseDestination",
      "Invalid IAM role ARN <x>.",
    ],
    [
      { CloudWatchDestination: { DimensionConfigurations: [] } },
      "InvalidCloudWatchDestination",
      "CloudWatch metrics dimension configuration list cannot be empty.",
    ],
    [
      { CloudWatchDestination: { DimensionConfigurations: [dimension, dimension] } },
      "InvalidCloudWatchDestination",
      "The dimension name <campaign> is given twice.",
    ],
  ])("an event destination with %j is refused, and not stored", async (given, code, text) => {
    await create("set");
    const members = code === "InvalidParameterValue" ? {} : { ConfigurationSetName: "set", EventDestinationName: "to" };
    expect(await v1RefusalOf(addDestination(given))).toEqual([code, text, members]);
    expect((await describeSet("set")).EventDestinations).toEqual([]);
  });

  test("a topic that refuses the check, a taken name and too many destinations are told in v1's codes", async () => {
    await create("set");
    const arn = topic.SNSDestination.TopicARN;
    checkTarget = async () => {
      throw errors.snsTopicNotFound(arn);
    };
    expect((await v1RefusalOf(addDestination(topic))).slice(0, 2)).toEqual([
      "InvalidSNSDestination",
      `SNS topic <${arn}> not found.`,
    ]);
    checkTarget = async () => {};
    await addDestination(topic);
    expect((await v1RefusalOf(addDestination(topic)))[0]).toBe("EventDestinationAlreadyExists");
    for (let number = 2; number <= 10; number++) await addDestination({ ...topic, Name: `to-${number}` });
    expect((await v1RefusalOf(addDestination({ ...topic, Name: "more" })))[0]).toBe("LimitExceeded");
  });

  test("lists have pages of up to 1,000 sets", async () => {
    for (const name of ["c", "a", "b"]) await create(name);
    const list = (input: object) => listConfigurationSets(services())(input, context);
    expect(await list({})).toEqual({ ConfigurationSets: [{ Name: "a" }, { Name: "b" }, { Name: "c" }] });
    const { ConfigurationSets, NextToken } = await list({ MaxItems: 2 });
    expect(ConfigurationSets).toEqual([{ Name: "a" }, { Name: "b" }]);
    expect(await list({ NextToken })).toEqual({ ConfigurationSets: [{ Name: "c" }] });
    for (const input of [{ MaxItems: 0 }, { MaxItems: 1001 }, { NextToken: "x" }]) {
      expect((await v1RefusalOf(list(input)))[0]).toBe("InvalidParameterValue");
    }
  });

  test("each operation says that there is no such set", async () => {
    const ConfigurationSetName = "none";
    const TrackingOptions = { CustomRedirectDomain: "click.example.com" };
    const calls = [
      () => describeSet("none"),
      () => deleteConfigurationSet(services())({ ConfigurationSetName }, context),
      () => updateConfigurationSetSendingEnabled(services())({ ConfigurationSetName, Enabled: true }, context),
      () =>
        updateConfigurationSetReputationMetricsEnabled(services())({ ConfigurationSetName, Enabled: true }, context),
      () => putConfigurationSetDeliveryOptions(services())({ ConfigurationSetName }, context),
      () => createConfigurationSetTrackingOptions(services())({ ConfigurationSetName, TrackingOptions }, context),
      () => updateConfigurationSetTrackingOptions(services())({ ConfigurationSetName, TrackingOptions }, context),
      () => deleteConfigurationSetTrackingOptions(services())({ ConfigurationSetName }, context),
      () => addDestination(topic, "none"),
      () =>
        deleteConfigurationSetEventDestination(services())(
          { ConfigurationSetName, EventDestinationName: "to" },
          context,
        ),
    ];
    for (const call of calls) expect(await v1RefusalOf(call())).toEqual(missing);
  });

  test("a deleted set is gone in both APIs", async () => {
    await create("set");
    await deleteConfigurationSet(services())({ ConfigurationSetName: "set" }, context);
    await expect(inV2("set")).rejects.toThrow("does not exist");
  });
});
