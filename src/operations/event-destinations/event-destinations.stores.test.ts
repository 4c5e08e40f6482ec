import type { EventDestinationDefinition } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { MalformedData } from "../../common/parse-data.ts";
import { decode } from "../../contract/decode.ts";
import { errors } from "../../contract/errors.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type EventTarget, selectEventDestinationById } from "../../stores/postgres/event-destinations.ts";
import { type AccountSettings, createAccountSettings } from "../account/settings.ts";
import { deleteConfigurationSet } from "../configuration-sets/delete-configuration-set.ts";
import { createConfigurationSetEventDestination } from "./create-configuration-set-event-destination.ts";
import { deleteConfigurationSetEventDestination } from "./delete-configuration-set-event-destination.ts";
import { getConfigurationSetEventDestinations } from "./get-configuration-set-event-destinations.ts";
import { updateConfigurationSetEventDestination } from "./update-configuration-set-event-destination.ts";

const topic = { SnsDestination: { TopicArn: "arn:aws:sns:us-east-1:123456789012:events" } };
const bus = { EventBridgeDestination: { EventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/default" } };
const dimension = {
  DimensionName: "ses:configuration-set",
  DimensionValueSource: "MESSAGE_TAG" as const,
  DefaultDimensionValue: "none@example.com",
};
const targets = [
  topic,
  bus,
  {
    KinesisFirehoseDestination: {
      IamRoleArn: "arn:aws:iam::123456789012:role/ses",
      DeliveryStreamArn: "arn:aws:firehose:us-east-1:123456789012:deliverystream/mail",
    },
  },
  {
    CloudWatchDestination: {
      DimensionConfigurations: [
        dimension,
        { ...dimension, DimensionName: "b", DimensionValueSource: "EMAIL_HEADER" as const },
        { ...dimension, DimensionName: "c", DimensionValueSource: "LINK_TAG" as const },
      ],
    },
  },
  { PinpointDestination: { ApplicationArn: "arn:aws:mobiletargeting:us-east-1:123456789012:apps/abc" } },
];
describe.each(databases)("event destinations on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  const checked: EventTarget[] = [];
  let checkTarget = async (target: EventTarget) => void checked.push(target);

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM configuration_sets");
    await database.query(
      "INSERT INTO configuration_sets (name, sending_enabled, reputation_metrics_enabled, tags) VALUES ('set', true, true, '[]'), ('other', true, true, '[]')",
    );
    settings.invalidate("configurationSets");
    checked.length = 0;
    checkTarget = async (target) => void checked.push(target);
  });

  const context = callContext();
  const services = () => ({
    database,
    settings,
    config: { accountId: "123456789012", region: "us-east-1" },
    checkTarget,
  });
  /** Calls with what a client sends, since it may not be what the types say. */
  const create = async (name: unknown, definition: unknown, set = "set") => {
    const body = JSON.stringify({ EventDestinationName: name, EventDestination: definition });
    const labels = { ConfigurationSetName: set };
    const input = decode("CreateConfigurationSetEventDestination", { labels, query: "", body });
    return createConfigurationSetEventDestination(services())(input, context);
  };
  const update = async (name: string, definition: unknown, set = "set") => {
    const labels = { ConfigurationSetName: set, EventDestinationName: name };
    const body = JSON.stringify({ EventDestination: definition });
    const input = decode("UpdateConfigurationSetEventDestination", { labels, query: "", body });
    return updateConfigurationSetEventDestination(services())(input, context);
  };
  const remove = (EventDestinationName: string, ConfigurationSetName = "set") =>
    deleteConfigurationSetEventDestination(services())({ ConfigurationSetName, EventDestinationName }, context);
  const get = async (ConfigurationSetName = "set") =>
    (await getConfigurationSetEventDestinations(services())({ ConfigurationSetName }, context)).EventDestinations;
  const goodBus = { Enabled: true, MatchingEventTypes: ["BOUNCE"], ...bus };
  const good: EventDestinationDefinition = { Enabled: true, MatchingEventTypes: ["BOUNCE"], ...topic };
  const idOf = async (name: string) =>
    (await settings.eventDestinations()).find((one) => one.name === name)?.id ?? "00000000-0000-0000-0000-000000000000";

  test("every kind is read back as given, in the order of creation", async () => {
    expect(await get()).toEqual([]);
    const types = ["SUBSCRIPTION", "SEND", "DELIVERY_DELAY", "CLICK"];
    for (const [index, target] of targets.entries()) {
      const name = `to_${9 - index}-X`;
      expect(await create(name, { Enabled: true, MatchingEventTypes: types, ...target })).toEqual({});
    }
    expect(await get()).toEqual(
      targets.map((target, index) => ({
        Name: `to_${9 - index}-X`,
        Enabled: true,
        MatchingEventTypes: types,
        ...target,
      })),
    );
    expect(checked).toEqual(targets);
    expect(await get("other")).toEqual([]);
  });

  test("a type that is given twice counts once; an absent Enabled is false", async () => {
    await create("a", { MatchingEventTypes: ["OPEN", "SEND", "OPEN"], ...topic });
    expect(await get()).toEqual([{ Name: "a", Enabled: false, MatchingEventTypes: ["OPEN", "SEND"], ...topic }]);
  });

  test("an update replaces everything but the ID and the place", async () => {
    await create("a", good);
    await create("b", good);
    const id = await idOf("a");
    expect(await update("a", { MatchingEventTypes: ["SEND", "OPEN"], Enabled: true, ...bus })).toEqual({});
    expect(await get()).toEqual([
      { Name: "a", Enabled: true, MatchingEventTypes: ["SEND", "OPEN"], ...bus },
      { Name: "b", Enabled: true, MatchingEventTypes: ["BOUNCE"], ...topic },
    ]);
    expect(await idOf("a")).toBe(id);
    await update("a", { MatchingEventTypes: ["SEND"], ...topic });
    expect((await get())?.[0]).toEqual({ Name: "a", Enabled: false, MatchingEventTypes: ["SEND"], ...topic });
    expect(await selectEventDestinationById(database, id)).toMatchObject({ id, configurationSet: "set", name: "a" });
    expect(checked).toEqual([topic, topic, bus, topic]);
  });

  test("a deleted destination is gone, and its name free", async () => {
    await create("a", good);
    const id = await idOf("a");
    expect(await remove("a")).toEqual({});
    expect(await get()).toEqual([]);
    expect(await selectEventDestinationById(database, id)).toBeUndefined();
    await create("a", good);
    expect(await idOf("a")).not.toBe(id);
  });

  test("what is invalid changes nothing, and its target is not checked", async () => {
    await create("a", good);
    const text = "At least one event type must be specified.";
    expect(await refusalOf(create("b", topic))).toEqual(["BadRequestException", text]);
    expect(await refusalOf(update("a", topic))).toEqual(["BadRequestException", text]);
    expect(await get()).toEqual([{ Name: "a", ...good }]);
    expect(checked).toEqual([topic]);
  });

  test("what does not exist or exists already is refused, and its target is not checked", async () => {
    const noSet = ["NotFoundException", "Configuration set <none> does not exist."];
    expect(await refusalOf(create("a", good, "none"))).toEqual(noSet);
    expect(await refusalOf(update("a", good, "none"))).toEqual(noSet);
    expect(await refusalOf(remove("a", "none"))).toEqual(noSet);
    expect(await refusalOf(get("none"))).toEqual(noSet);
    expect(await refusalOf(get("a b"))).toEqual([
      "BadRequestException",
      "Invalid configuration set name <a b>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
    ]);
    const noDestination = [
      "NotFoundException",
      "An event destination with name <a> does not exist for configuration set <set>.",
    ];
    await create("a", good, "other");
    expect(await refusalOf(update("a", good))).toEqual(noDestination);
    expect(await refusalOf(remove("a"))).toEqual(noDestination);
    await create("a", good);
    expect(await refusalOf(create("a", goodBus))).toEqual([
      "AlreadyExistsException",
      "An event destination with name <a> already exists for configuration set <set>.",
    ]);
    expect(await get()).toEqual([{ Name: "a", ...good }]);
    expect(checked).toEqual([topic, topic]);
  });

  test("a set has ten destinations at most, also if they are created at the same time", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 15 }, (_, index) => create(`to-${index}`, good)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        expect(outcome.reason).toMatchObject({
          code: "LimitExceededException",
          text: "The configuration set <set> has the maximum number of event destinations, <10>.",
        });
      }
    }
    const names = (await get())?.map(({ Name }) => Name ?? "") ?? [];
    expect(new Set(names).size).toBe(10);
    // A name that is taken is told first.
    const [taken = ""] = names;
    expect((await refusalOf(create(taken, good)))[0]).toBe("AlreadyExistsException");
    expect(await create("elsewhere", good, "other")).toEqual({});
    await remove(taken);
    expect(await create("eleventh", good)).toEqual({});
  });

  test("of calls with one name at the same time, one creates it", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create("same", good)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "AlreadyExistsException" });
    }
  });

  test("a target that refuses is not stored", async () => {
    await create("a", good);
    checkTarget = async () => {
      throw errors.targetArn("SNS topic", "nowhere");
    };
    const refused = ["BadRequestException", "Invalid SNS topic ARN <nowhere>."];
    expect(await refusalOf(create("b", good))).toEqual(refused);
    expect(await refusalOf(update("a", goodBus))).toEqual(refused);
    expect(await get()).toEqual([{ Name: "a", ...good }]);
  });

  test("what is deleted while its target is checked is not found", async () => {
    await create("a", good);
    checkTarget = async () => void (await database.query("DELETE FROM event_destinations"));
    expect(await refusalOf(update("a", good))).toEqual([
      "NotFoundException",
      "An event destination with name <a> does not exist for configuration set <set>.",
    ]);
    checkTarget = async () => void (await database.query("DELETE FROM configuration_sets"));
    expect(await refusalOf(create("a", good))).toEqual([
      "NotFoundException",
      "Configuration set <set> does not exist.",
    ]);
  });

  test("the publisher sees each change at once, and no destination that is disabled", async () => {
    const seen = async () =>
      (await settings.eventDestinations()).map(({ configurationSet, name }) => [configurationSet, name]);
    expect(await seen()).toEqual([]);
    await create("a", good);
    await create("b", { ...good, Enabled: false });
    await create("c", good, "other");
    expect(await seen()).toEqual([
      ["set", "a"],
      ["other", "c"],
    ]);
    const [first] = await settings.eventDestinations();
    expect(first).toEqual({
      id: await idOf("a"),
      configurationSet: "set",
      name: "a",
      eventTypes: ["BOUNCE"],
      target: topic,
    });
    await update("b", good);
    await update("a", { ...good, Enabled: false });
    expect(await seen()).toEqual([
      ["set", "b"],
      ["other", "c"],
    ]);
    await remove("c", "other");
    expect(await seen()).toEqual([["set", "b"]]);
    await deleteConfigurationSet(services())({ ConfigurationSetName: "set" }, context);
    expect(await seen()).toEqual([]);
  });

  test("a set takes its destinations with it: a new one of its name has none", async () => {
    await create("a", good);
    const id = await idOf("a");
    await deleteConfigurationSet(services())({ ConfigurationSetName: "set" }, context);
    expect(await selectEventDestinationById(database, id)).toBeUndefined();
    await database.query(
      "INSERT INTO configuration_sets (name, sending_enabled, reputation_metrics_enabled, tags) VALUES ('set', true, true, '[]')",
    );
    expect(await get()).toEqual([]);
  });

  test("what another version stored and this one does not know holds up no other destination", async () => {
    await create("a", good);
    await create("b", good);
    await database.query(
      `UPDATE event_destinations SET target = '{"PigeonDestination": {}}', event_types = '{BOUNCE,ARRIVED}' WHERE name = 'a'`,
    );
    settings.invalidate("eventDestinations");
    expect(await settings.eventDestinations()).toMatchObject([
      { name: "a", eventTypes: ["BOUNCE"], target: undefined },
      { name: "b", eventTypes: ["BOUNCE"], target: topic },
    ]);
    await expect(get()).rejects.toThrow(MalformedData);
    await expect(selectEventDestinationById(database, await idOf("a"))).rejects.toThrow(MalformedData);
    expect(await update("a", good)).toEqual({});
  });
});
