/** The checks of event destinations that need no store: their texts and their order. */
import { expect, test } from "vitest";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { decode } from "../../contract/decode.ts";
import { createAccountSettings } from "../account/settings.ts";
import { createConfigurationSetEventDestination } from "./create-configuration-set-event-destination.ts";
import { deleteConfigurationSetEventDestination } from "./delete-configuration-set-event-destination.ts";
import type { EventDestinationServices } from "./event-destination-services.ts";
import { updateConfigurationSetEventDestination } from "./update-configuration-set-event-destination.ts";

const unused = async () => {
  throw new Error("looked up, although the input is invalid");
};
const database = {
  kind: "embedded",
  scope: 1,
  query: unused,
  run: unused,
  texts: unused,
  transaction: unused,
  close: unused,
} as const;
const services: EventDestinationServices = {
  database,
  settings: createAccountSettings({ database, clock: () => new Date(0) }),
  config: { accountId: "123456789012", region: "us-east-1" },
  checkTarget: unused,
};
const context = callContext();
/** Calls with what a client sends, since it may not be what the types say. */
const create = async (name: unknown, definition: unknown) => {
  const body = JSON.stringify({ EventDestinationName: name, EventDestination: definition });
  const labels = { ConfigurationSetName: "not a name" };
  const input = decode("CreateConfigurationSetEventDestination", { labels, query: "", body });
  return createConfigurationSetEventDestination(services)(input, context);
};
const update = async (name: string, definition: unknown) => {
  const labels = { ConfigurationSetName: "not a name", EventDestinationName: name };
  const body = JSON.stringify({ EventDestination: definition });
  const input = decode("UpdateConfigurationSetEventDestination", { labels, query: "", body });
  return updateConfigurationSetEventDestination(services)(input, context);
};
const remove = (EventDestinationName: string) =>
  deleteConfigurationSetEventDestination(services)(
    { ConfigurationSetName: "not a name", EventDestinationName },
    context,
  );

const topic = { SnsDestination: { TopicArn: "arn:aws:sns:us-east-1:123456789012:events" } };
const bus = { EventBridgeDestination: { EventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/default" } };
const dimension = {
  DimensionName: "ses:configuration-set",
  DimensionValueSource: "MESSAGE_TAG",
  DefaultDimensionValue: "none@example.com",
};
const cloudWatch = (...dimensions: object[]) => ({ CloudWatchDestination: { DimensionConfigurations: dimensions } });
const validTypes =
  "[SEND, REJECT, BOUNCE, COMPLAINT, DELIVERY, OPEN, CLICK, RENDERING_FAILURE, DELIVERY_DELAY, SUBSCRIPTION]";

const nameFaults: [name: unknown, text: string][] = [
  [undefined, "EventDestinationName is required."],
  [null, "EventDestinationName is required."],
  ["", "EventDestinationName is required."],
  ["a b", "Invalid event destination name <a b>: only alphanumeric ASCII characters, '_', and '-' are allowed."],
  ["é", "Invalid event destination name <é>: only alphanumeric ASCII characters, '_', and '-' are allowed."],
  [
    `${"n".repeat(64)}.`,
    `Invalid event destination name <${"n".repeat(64)}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
  ],
  ["n".repeat(65), "Event destination name cannot exceed 64 characters."],
];
test.each(nameFaults)("the name %j is refused before anything else", async (name, text) => {
  expect(await refusalOf(create(name, {}))).toEqual(["BadRequestException", text]);
  if (typeof name !== "string") return;
  expect(await refusalOf(update(name, {}))).toEqual(["BadRequestException", text]);
  expect(await refusalOf(remove(name))).toEqual(["BadRequestException", text]);
});

const onlyOne =
  "Please provide only one destination with each request. Either a Firehose Destination or a Cloudwatch Destination or an SNS Destination or an EventBridge Destination.";
const oneViolation = (path: string, constraint: string) =>
  `1 validation error detected: Value at 'eventDestination${path}' failed to satisfy constraint: ${constraint}`;
const types = { MatchingEventTypes: ["SEND"] };
// In SES's order: each also violates what is checked later.
const faults: [what: string, definition: unknown, text: string][] = [
  ["no definition", undefined, oneViolation("", "Member must not be null")],
  ["no event types", { ...topic, ...bus }, "At least one event type must be specified."],
  ["an empty list of event types", { MatchingEventTypes: [] }, "At least one event type must be specified."],
  [
    "an unknown event type",
    { MatchingEventTypes: ["SEND", "send"] },
    `Invalid event type: send. Valid values are ${validTypes}.`,
  ],
  [
    "an endless event type",
    { MatchingEventTypes: ["X".repeat(10_000)] },
    `Invalid event type: ${"X".repeat(64)}. Valid values are ${validTypes}.`,
  ],
  ["no target", types, "Event destination is not provided."],
  ["two targets", { ...types, ...topic, CloudWatchDestination: {} }, onlyOne],
  ["two targets, one of Pinpoint", { ...types, PinpointDestination: {}, SnsDestination: {} }, onlyOne],
  [
    "no dimensions",
    { ...types, CloudWatchDestination: {} },
    "CloudWatch metrics dimension configuration list cannot be empty.",
  ],
  [
    "an empty list of dimensions",
    { ...types, ...cloudWatch() },
    "CloudWatch metrics dimension configuration list cannot be empty.",
  ],
  ["no Pinpoint project", { ...types, PinpointDestination: {} }, "Invalid Pinpoint application ARN provided: null."],
  [
    "a blank Pinpoint project",
    { ...types, PinpointDestination: { ApplicationArn: "" } },
    "Invalid Pinpoint application ARN provided: .",
  ],
  ["no topic", { ...types, SnsDestination: {} }, oneViolation(".snsDestination.topicArn", "Member must not be null")],
  [
    "a blank topic",
    { ...types, SnsDestination: { TopicArn: "" } },
    oneViolation(".snsDestination.topicArn", "Member must have length greater than or equal to 1"),
  ],
  [
    "no event bus",
    { ...types, EventBridgeDestination: {} },
    oneViolation(".eventBridgeDestination.eventBusArn", "Member must not be null"),
  ],
  [
    "no stream",
    { ...types, KinesisFirehoseDestination: { IamRoleArn: "x" } },
    oneViolation(".kinesisFirehoseDestination.deliveryStreamArn", "Member must not be null"),
  ],
  [
    "an unknown source of a dimension",
    { ...types, ...cloudWatch({ ...dimension, DimensionValueSource: "TAG" }) },
    oneViolation(
      ".cloudWatchDestination.dimensionConfigurations.1.member.dimensionValueSource",
      "Member must satisfy enum value set: [MESSAGE_TAG, EMAIL_HEADER, LINK_TAG]",
    ),
  ],
  ["a topic that is none", { ...types, SnsDestination: { TopicArn: "x" } }, "Invalid SNS topic ARN <x>."],
  ["a bus that is none", { ...types, EventBridgeDestination: { EventBusArn: "x" } }, "Invalid event bus ARN <x>."],
  [
    "a role that is none",
    { ...types, KinesisFirehoseDestination: { IamRoleArn: "x", DeliveryStreamArn: "y" } },
    "Invalid IAM role ARN <x>.",
  ],
  [
    "eleven dimensions",
    { ...types, ...cloudWatch(...Array<object>(11).fill({ ...dimension, DimensionName: "" })) },
    "An event destination can have at most 10 dimensions.",
  ],
  [
    "a dimension with a blank",
    { ...types, ...cloudWatch({ ...dimension, DimensionName: "a b" }) },
    "Invalid dimension name <a b>: 1 to 255 characters; only alphanumeric ASCII characters, '_', '-', and ':' are allowed.",
  ],
  [
    "a default value with a colon",
    { ...types, ...cloudWatch({ ...dimension, DefaultDimensionValue: "a:b" }) },
    "Invalid default dimension value <a:b>: 1 to 255 characters; only alphanumeric ASCII characters, '_', '-', '@', and '.' are allowed.",
  ],
  [
    "a dimension twice",
    { ...types, ...cloudWatch(dimension, dimension) },
    "The dimension name <ses:configuration-set> is given twice.",
  ],
];
test.each(faults)("%s is refused before the set is looked for", async (_what, definition, text) => {
  expect(await refusalOf(create("a", definition))).toEqual(["BadRequestException", text]);
  expect(await refusalOf(update("a", definition))).toEqual(["BadRequestException", text]);
});

test("the name of the configuration set is checked next", async () => {
  const text =
    "Invalid configuration set name <not a name>: only alphanumeric ASCII characters, '_', and '-' are allowed.";
  expect(await refusalOf(create("a", { ...types, ...topic }))).toEqual(["BadRequestException", text]);
  expect(await refusalOf(update("a", { ...types, ...topic }))).toEqual(["BadRequestException", text]);
  expect(await refusalOf(remove("a"))).toEqual(["BadRequestException", text]);
});
