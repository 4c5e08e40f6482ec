import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type AwsCall, type AwsDouble, jsonError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { publishedEvent, publishedEvents } from "../../../test/support/published-events.ts";
import type { PublishedEvent } from "../published-event.ts";
import { type AwsSenders, createAwsSenders } from "./aws-senders.ts";

const DeliveryStreamArn = "arn:aws:firehose:us-west-2:123456789012:deliverystream/mail-events";
const config = {
  eventBridgeSource: "mailglass.ses",
  cloudWatchNamespace: "Mailglass/SES",
};
const owner = { id: 1, accountId: "123456789012", region: "eu-west-1" };
const delivered = { outcome: "delivered" };
interface Input {
  DeliveryStreamName: string;
  Records: { Data: string }[];
}
let double: AwsDouble<Input>;
let senders: AwsSenders;

beforeEach(async () => {
  double = await startAwsDouble<Input>();
  for (const [name, value] of Object.entries(double.environment)) vi.stubEnv(name, value);
  senders = createAwsSenders(config);
});
afterEach(async () => {
  senders.close();
  vi.unstubAllEnvs();
  await double.close();
});

function publish(events: readonly PublishedEvent[]) {
  const IamRoleArn = "arn:aws:iam::123456789012:role/ses";
  const sender = senders.forDestination({ KinesisFirehoseDestination: { IamRoleArn, DeliveryStreamArn } }, owner);
  if ("undeliverable" in sender) throw new Error(sender.undeliverable);
  return sender.send(events, { tries: 0, stopping: new AbortController().signal });
}
const recordsOf = ({ input }: AwsCall<Input>): string[] =>
  input.Records.map(({ Data }) => Buffer.from(Data, "base64").toString());
const allTaken = (call: AwsCall<Input>) => ({
  body: { FailedPutCount: 0, RequestResponses: recordsOf(call).map((_, index) => ({ RecordId: `${index}` })) },
});

it("puts a line for each event, in the stream's region", async () => {
  double.answer = allTaken;
  const events = publishedEvents(3);
  expect(await publish(events)).toEqual(events.map(() => delivered));
  const [call, ...more] = double.calls;
  if (call === undefined) throw new Error("no call");
  expect(more).toEqual([]);
  expect(call.operation).toBe("Firehose_20150804.PutRecordBatch");
  expect(call.headers.authorization).toContain("/us-west-2/firehose/aws4_request");
  expect(call.input.DeliveryStreamName).toBe("mail-events");
  expect(recordsOf(call)).toEqual(events.map(({ body }) => `${body}\n`));
});

it("puts at most 500 records and 4 MB in a call, and gives up a record of more than 1,000 KB", async () => {
  double.answer = allTaken;
  const large = (bytes: number) => publishedEvent({ more: { text: "x".repeat(bytes) } });
  const events = [...publishedEvents(501), ...Array.from({ length: 5 }, () => large(900_000)), large(1_024_000)];
  const results = await publish(events);
  expect(results.slice(0, -1)).toEqual(Array(506).fill(delivered));
  expect(results.at(-1)).toMatchObject({ outcome: "failed", permanent: true });
  for (const call of double.calls) {
    const records = recordsOf(call);
    expect(records.length).toBeLessThanOrEqual(500);
    expect(Buffer.byteLength(records.join(""))).toBeLessThanOrEqual(4_000_000);
  }
});

it("reports each record by itself", async () => {
  double.answer = () => ({
    body: {
      FailedPutCount: 2,
      RequestResponses: [
        { RecordId: "0" },
        { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." },
        { RecordId: "2" },
        { ErrorCode: "InternalFailure", ErrorMessage: "" },
      ],
    },
  });
  const error = expect.stringContaining("the service failed");
  expect(await publish(publishedEvents(4))).toEqual([
    delivered,
    { outcome: "failed", permanent: false, error },
    delivered,
    { outcome: "failed", permanent: false, error },
  ]);
});

it("names a stream that does not exist", async () => {
  double.answer = () => jsonError(400, "ResourceNotFoundException");
  const error = `Firehose stream ${DeliveryStreamArn} does not exist: create it, or change the destination`;
  expect(await publish(publishedEvents(1))).toEqual([{ outcome: "failed", permanent: false, error }]);
});
