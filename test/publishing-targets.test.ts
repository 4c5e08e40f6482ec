/**
 * Event destinations through the SDK: doubles of Firehose, EventBridge and CloudWatch check what the server sends, fail
 * and hang; fauxqs has the topics. Destinations are changed, disabled and deleted while events wait.
 */
import {
  DeleteConfigurationSetCommand,
  DeleteConfigurationSetEventDestinationCommand,
  type EventDestinationDefinition,
  GetConfigurationSetEventDestinationsCommand,
  UpdateConfigurationSetEventDestinationCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { allPublished } from "./support/all-published.ts";
import { type AwsServices, firehoseRecords, startAwsServices, takeAll } from "./support/aws-services.ts";
import {
  addDestination,
  allEventTypes,
  createSet,
  eventIn,
  type ReadEvent,
  typesByMessage,
  validationText,
} from "./support/event-destinations.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";
import { send as sendOn, simple } from "./support/sent-mail.ts";

let aws: AwsServices;
let sns: AwsServices["sns"];
let double: AwsServices["double"];
let server: InProcessServer;
/** Real time, moved on by tests, so that they need not wait for retries. */
let aheadMs = 0;
let count = 0;
/** The configuration set of a test. */
let set: string;

beforeAll(async () => {
  aws = await startAwsServices();
  ({ sns, double } = aws);
  server = await startInProcess({
    clock: () => new Date(Date.now() + aheadMs),
    environment: {
      MAILGLASS_ACCOUNT_ID: "123456789012",
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_PUBLISHING_RETRY_SECONDS: "60,60,60",
    },
  });
});
afterAll(async () => {
  await server?.close();
  await aws?.stop();
});
beforeEach(async () => {
  double.calls.length = 0;
  double.answer = () => ({});
  set = `set-${++count}`;
  await createSet(server, set);
});

const send = (changes = {}) => sendOn(server, simple({ ConfigurationSetName: set, ...changes }));

const firehose: EventDestinationDefinition = {
  KinesisFirehoseDestination: {
    IamRoleArn: "arn:aws:iam::123456789012:role/ses",
    DeliveryStreamArn: "arn:aws:firehose:us-east-1:123456789012:deliverystream/mail",
  },
};
const eventBridge: EventDestinationDefinition = {
  EventBridgeDestination: { EventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/default" },
};

const update = (name: string, definition: EventDestinationDefinition) =>
  server.client.send(
    new UpdateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: set,
      EventDestinationName: name,
      EventDestination: { Enabled: true, MatchingEventTypes: allEventTypes, ...definition },
    }),
  );

const recordsOf = () => firehoseRecords(double);
const idsOf = (records: readonly string[]) => records.map((text): ReadEvent => JSON.parse(text).mail.messageId);

/** Waits until events wait for their retry. */
const retryWaits = () =>
  eventually(async () => {
    const [row] = await server.database.query(
      "SELECT count(*) FILTER (WHERE state = 'waiting')::integer AS waiting, count(*)::integer AS all FROM publication_batches",
    );
    expect(row).toEqual({ waiting: 1, all: 1 });
  });

/** Waits until no call is under way: what fails later would wait for its retry by a clock that is ahead already. */
const nothingUnderWay = () =>
  eventually(async () => {
    const claimed = await server.database.query("SELECT FROM publication_batches WHERE state = 'claimed'");
    expect(claimed).toEqual([]);
  });

const failing = { status: 500, body: { __type: "InternalFailure" } };

it("Firehose gets a line per event, and only what failed once more", async () => {
  await addDestination(server, [set, "stream"], firehose);
  double.answer = ({ input }) => {
    const results = input.Records.map((_, index) =>
      index === 1 && double.calls.length === 1 ? { ErrorCode: "ServiceUnavailableException" } : { RecordId: "r" },
    );
    return { body: { FailedPutCount: results.length - 1, RequestResponses: results } };
  };
  const id = await send({ Destination: { ToAddresses: ["a@example.org", "b@example.org"] } });
  await retryWaits();
  const [first = []] = recordsOf();
  for (const line of first) expect(line).toMatch(/^\{.*\}\n$/);
  const events = first.map((line): ReadEvent => JSON.parse(line));
  expect(events.map(({ eventType, mail }) => [eventType, mail.messageId])).toEqual([
    ["Send", id],
    ["Delivery", id],
    ["Delivery", id],
  ]);
  expect(double.calls.map(({ input }) => input.DeliveryStreamName)).toEqual(["mail"]);
  aheadMs += 70_000;
  await allPublished(server);
  expect(recordsOf()).toEqual([first, [first[1]]]);
});

it("EventBridge gets an entry per event", async () => {
  await addDestination(server, [set, "bus"], eventBridge);
  double.answer = takeAll;
  const id = await send();
  await allPublished(server);
  const entries = double.calls.flatMap(({ input }) => input.Entries);
  expect(entries).toEqual(
    ["Email Sent", "Email Delivered"].map((DetailType) => ({
      Source: "mailglass.ses",
      DetailType,
      Detail: expect.stringContaining(`"messageId":"${id}"`),
      Resources: ["arn:aws:ses:us-east-1:123456789012:identity/example.com"],
      Time: expect.any(Number),
      EventBusName: "arn:aws:events:us-east-1:123456789012:event-bus/default",
    })),
  );
  expect(entries.map(({ Detail }) => JSON.parse(Detail).eventType)).toEqual(["Send", "Delivery"]);
});

it("CloudWatch gets counts once the minute is over", async () => {
  await addDestination(server, [set, "metrics"], {
    MatchingEventTypes: ["SEND", "BOUNCE"],
    CloudWatchDestination: {
      DimensionConfigurations: [
        { DimensionName: "campaign", DimensionValueSource: "MESSAGE_TAG", DefaultDimensionValue: "none" },
      ],
    },
  });
  // All in one minute.
  aheadMs += 60_000 - ((Date.now() + aheadMs) % 60_000);
  const minute = Math.floor((Date.now() + aheadMs) / 60_000) * 60;
  const EmailTags = [{ Name: "campaign", Value: "autumn" }];
  await send({ EmailTags });
  await send({ EmailTags, Destination: { ToAddresses: ["bounce@simulator.amazonses.com"] } });
  await send();
  await eventually(async () => {
    const rows = await server.database.query(
      "SELECT sum(events)::integer AS events FROM publication_batches WHERE state = 'waiting'",
    );
    expect(rows).toEqual([{ events: 4 }]);
  });
  expect(double.calls).toEqual([]);
  aheadMs += 60_000;
  await allPublished(server);
  const datum = (MetricName: string, value: string, many: number) => ({
    MetricName,
    Timestamp: minute,
    Dimensions: [{ Name: "campaign", Value: value }],
    Unit: "Count",
    Values: [1],
    Counts: [many],
  });
  expect(double.calls.flatMap(({ input }) => input.Namespace)).toEqual(["Mailglass/SES"]);
  const data = double.calls.flatMap(({ input }) => input.MetricData);
  expect(data).toHaveLength(3);
  expect(data).toEqual(
    expect.arrayContaining([datum("Send", "autumn", 2), datum("Send", "none", 1), datum("Bounce", "autumn", 1)]),
  );
});

it("a destination that fails and one that hangs hold up nobody, and get their events later", async () => {
  const topic = sns.subscribedTopic("steady");
  await addDestination(server, [set, "stream"], firehose);
  await addDestination(server, [set, "bus"], eventBridge);
  await addDestination(server, [set, "topic"], { SnsDestination: { TopicArn: topic.topicArn } });
  double.answer = ({ operation }) => (operation === "AWSEvents.PutEvents" ? "hang" : failing);
  const ids = [await send(), await send(), await send()];
  const wanted = Object.fromEntries(ids.map((id) => [id, ["Delivery", "Send"]]));
  const [, ...messages] = await topic.take(1 + 2 * ids.length);
  expect(typesByMessage(messages.map(eventIn))).toEqual(wanted);

  double.calls.length = 0;
  double.answer = takeAll;
  double.cutHanging();
  await nothingUnderWay();
  aheadMs += 70_000;
  await allPublished(server);
  expect(
    typesByMessage(
      recordsOf()
        .flat()
        .map((line) => JSON.parse(line)),
    ),
  ).toEqual(wanted);
  const details = double.calls.flatMap(({ input }) => input.Entries ?? []).map(({ Detail }) => JSON.parse(Detail));
  expect(typesByMessage(details)).toEqual(wanted);
  expect(topic.waiting()).toBe(0);
});

it("a Pinpoint destination is stored and read back, and gets nothing", async () => {
  const topic = sns.subscribedTopic("beside-pinpoint");
  const ApplicationArn = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/0123456789abcdef0123456789abcdef";
  await addDestination(server, [set, "pinpoint"], { PinpointDestination: { ApplicationArn } });
  await addDestination(server, [set, "topic"], { SnsDestination: { TopicArn: topic.topicArn } });
  const read = new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: set });
  expect((await server.client.send(read)).EventDestinations).toEqual([
    { Name: "pinpoint", Enabled: true, MatchingEventTypes: allEventTypes, PinpointDestination: { ApplicationArn } },
    {
      Name: "topic",
      Enabled: true,
      MatchingEventTypes: allEventTypes,
      SnsDestination: { TopicArn: topic.topicArn },
    },
  ]);
  const id = await send();
  await allPublished(server);
  const [, ...messages] = await topic.take(topic.waiting());
  expect(typesByMessage(messages.map(eventIn))).toEqual({ [id]: ["Delivery", "Send"] });
  expect(double.calls).toEqual([]);
});

it("a disabled destination gets nothing; what waits goes out once it is enabled", async () => {
  const types = { MatchingEventTypes: ["SEND" as const] };
  await addDestination(server, [set, "stream"], { ...firehose, ...types });
  double.answer = () => failing;
  const waiting = await send();
  await retryWaits();
  await update("stream", { ...firehose, ...types, Enabled: false });
  double.calls.length = 0;
  double.answer = takeAll;
  await send();
  // It is looked at, and put back.
  await eventually(async () => {
    const rows = await server.database.query<{ due: Date }>(
      "SELECT due_at AS due FROM publication_batches WHERE state = 'waiting' AND tries = 1",
    );
    expect(rows.map(({ due }) => due.getTime() - Date.now() - aheadMs < 40_000)).toEqual([true]);
  });
  expect(double.calls).toEqual([]);
  await update("stream", { ...firehose, ...types });
  const later = await send();
  await allPublished(server);
  expect(recordsOf().flatMap(idsOf).sort()).toEqual([waiting, later].sort());
});

it("a destination that moves to another topic takes what waits along", async () => {
  const [old, other] = [sns.subscribedTopic("old"), sns.subscribedTopic("other")];
  await addDestination(server, [set, "topic"], { SnsDestination: { TopicArn: old.topicArn } });
  const first = await send();
  expect(typesByMessage((await old.take(3)).slice(1).map(eventIn))).toEqual({ [first]: ["Delivery", "Send"] });
  sns.deleteTopic("old");
  const waiting = await send();
  await retryWaits();
  const gone = { SnsDestination: { TopicArn: old.topicArn } };
  expect(await refused(update("topic", gone))).toEqual([
    "BadRequestException",
    expect.stringContaining(`SNS topic <${old.topicArn}> not found.`),
  ]);
  await update("topic", { SnsDestination: { TopicArn: other.topicArn } });
  const later = await send();
  await allPublished(server);
  const [validation, ...messages] = await other.take(other.waiting());
  expect(validation?.Message).toBe(validationText);
  expect(typesByMessage(messages.map(eventIn))).toEqual({
    [waiting]: ["Delivery", "Send"],
    [later]: ["Delivery", "Send"],
  });
});

const name = () => ({ ConfigurationSetName: set, EventDestinationName: "stream" });

it.each([
  ["destination", () => server.client.send(new DeleteConfigurationSetEventDestinationCommand(name()))],
  ["configuration set", () => server.client.send(new DeleteConfigurationSetCommand({ ConfigurationSetName: set }))],
] as const)("a %s that is deleted while events wait gets them no more", async (_what, remove) => {
  await addDestination(server, [set, "stream"], firehose);
  double.answer = () => failing;
  await send();
  await retryWaits();
  await remove();
  double.calls.length = 0;
  aheadMs += 70_000;
  await allPublished(server);
  expect(double.calls).toEqual([]);
});
