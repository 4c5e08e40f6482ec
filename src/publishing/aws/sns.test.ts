import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsDouble, queryError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { type AwsEmulator, startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import { publishedEvent, publishedEvents } from "../../../test/support/published-events.ts";
import type { PublishedEvent } from "../published-event.ts";
import { type AwsSenders, createAwsSenders } from "./aws-senders.ts";

const config = {
  eventBridgeSource: "mailglass.ses",
  cloudWatchNamespace: "Mailglass/SES",
};
const owner = { id: 1, accountId: "000000000000", region: "us-east-1" };
const delivered = { outcome: "delivered" };
const arn = "arn:aws:sns:us-east-1:000000000000:events";
let senders: AwsSenders;

const ready = (sender: ReturnType<AwsSenders["forNotifications"]>) => {
  if ("undeliverable" in sender) throw new Error(sender.undeliverable);
  return sender;
};
const publish = (TopicArn: string, events: readonly PublishedEvent[], stopping = new AbortController().signal) =>
  ready(senders.forDestination({ SnsDestination: { TopicArn } }, owner)).send(events, { tries: 0, stopping });

afterEach(() => {
  senders.close();
  vi.unstubAllEnvs();
});

describe("with an emulator", () => {
  let emulator: AwsEmulator;
  beforeAll(async () => {
    emulator = await startAwsEmulator();
  });
  afterAll(() => emulator.stop());
  beforeEach(() => {
    for (const [name, value] of Object.entries(emulator.environment)) vi.stubEnv(name, value);
    senders = createAwsSenders(config);
  });

  it("publishes an event as SES does: its subject, and the JSON text with a line break", async () => {
    const topic = emulator.subscribedTopic("one");
    const event = publishedEvent();
    expect(await publish(topic.topicArn, [event])).toEqual([delivered]);
    expect(await topic.take(1)).toEqual([
      expect.objectContaining({
        Type: "Notification",
        TopicArn: topic.topicArn,
        Subject: "Amazon SES Email Event Notification",
        Message: `${event.body}\n`,
      }),
    ]);
  });

  it("publishes many events, each as a message of its own, to a topic in another region", async () => {
    const topic = emulator.subscribedTopic("many", "eu-west-1");
    const events = publishedEvents(37);
    expect(await publish(topic.topicArn, events)).toEqual(events.map(() => delivered));
    const taken = await topic.take(37);
    expect(taken.map(({ Message }) => Message).sort()).toEqual(events.map(({ body }) => `${body}\n`).sort());
    expect(new Set(taken.map(({ Subject }) => Subject))).toEqual(new Set(["Amazon SES Email Event Notification"]));
    expect(topic.waiting()).toBe(0);
  });

  it("publishes an identity's notification without a subject and without a line break", async () => {
    const topic = emulator.subscribedTopic("identity");
    const event = publishedEvent({ type: "BOUNCE" });
    const stopping = new AbortController().signal;
    const sender = ready(senders.forNotifications(topic.topicArn));
    expect(await sender.send([event], { tries: 0, stopping })).toEqual([delivered]);
    const [envelope] = await topic.take(1);
    expect(envelope?.Subject ?? undefined).toBeUndefined();
    expect(envelope?.Message).toBe(event.body);
  });

  it("divides what is too large for one call, and gives up only the event that is too large by itself", async () => {
    const topic = emulator.subscribedTopic("large");
    const large = (bytes: number) => {
      const frame = Buffer.byteLength(`${publishedEvent({ more: { text: "" } }).body}\n`);
      return publishedEvent({ more: { text: "x".repeat(bytes - frame) } });
    };
    const events = [large(200_000), large(262_144), large(262_145), publishedEvent(), large(100_000)];
    expect(await publish(topic.topicArn, events)).toEqual([
      delivered,
      delivered,
      { outcome: "failed", permanent: true, error: expect.stringContaining(topic.topicArn) },
      delivered,
      delivered,
    ]);
    expect(await topic.take(4)).toHaveLength(4);
  });

  it("names a topic that does not exist; the events may be tried again", async () => {
    const missing = "arn:aws:sns:us-east-1:000000000000:missing";
    for (const count of [1, 12]) {
      const results = await publish(missing, publishedEvents(count));
      const error = `SNS topic ${missing} does not exist: create it, or change the destination`;
      expect(results).toEqual(Array(count).fill({ outcome: "failed", permanent: false, error }));
    }
  });
});

describe("with a double", () => {
  let double: AwsDouble<Record<string, string>>;
  beforeEach(async () => {
    double = await startAwsDouble<Record<string, string>>();
    for (const [name, value] of Object.entries(double.environment)) vi.stubEnv(name, value);
    senders = createAwsSenders(config);
  });
  afterEach(() => double.close());

  const accepted = (ids: readonly string[], failures = "") =>
    `<PublishBatchResponse><PublishBatchResult><Successful>${ids
      .map((id) => `<member><Id>${id}</Id><MessageId>m${id}</MessageId></member>`)
      .join(
        "",
      )}</Successful><Failed>${failures}</Failed></PublishBatchResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishBatchResponse>`;
  const single =
    "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>";

  it("reports each message of a batch by itself", async () => {
    const failure = (id: number, code: string, message: string) =>
      `<member><Id>${id}</Id><Code>${code}</Code><Message>${message}</Message><SenderFault>false</SenderFault></member>`;
    double.answer = () => ({
      body: accepted(["0", "2"], failure(1, "InternalError", "") + failure(3, "InvalidParameter", "Message too long")),
    });
    expect(await publish(arn, publishedEvents(5))).toEqual([
      delivered,
      { outcome: "failed", permanent: false, error: expect.stringContaining("the service failed (InternalError)") },
      delivered,
      { outcome: "failed", permanent: true, error: expect.stringContaining("too large") },
      // The answer says nothing about it.
      { outcome: "failed", permanent: false, error: `SNS topic ${arn}: the answer has no result for the event` },
    ]);
  });

  it("publishes one by one where PublishBatch is unknown", async () => {
    double.answer = ({ operation }) =>
      operation === "Publish" ? { body: single } : queryError(400, "InvalidAction", "unknown");
    expect(await publish(arn, publishedEvents(3))).toEqual([delivered, delivered, delivered]);
    expect(double.calls.map(({ operation }) => operation)).toEqual(["PublishBatch", "Publish", "Publish", "Publish"]);
  });

  it("tells a refusal of our principal, with what it must be allowed", async () => {
    double.answer = () => queryError(403, "AuthorizationError", "User: x is not authorized");
    expect(await publish(arn, publishedEvents(2))).toEqual(
      Array(2).fill({
        outcome: "failed",
        permanent: false,
        error: `SNS topic ${arn}: access was denied; allow sns:Publish for Mailglass's AWS credentials`,
      }),
    );
  });

  it("begins no call once the server stops, and finishes those in progress", async () => {
    const stop = new AbortController();
    double.answer = (call) => {
      stop.abort();
      const ids = Object.entries(call.input).flatMap(([name, id]) => (name.endsWith(".Id") ? [id] : []));
      return { body: accepted(ids) };
    };
    const results = await publish(arn, publishedEvents(100), stop.signal);
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "delivered")).toHaveLength(10 * double.calls.length);
    expect(outcomes.filter((outcome) => outcome === "untried")).toHaveLength(100 - 10 * double.calls.length);
    expect(double.calls.length).toBeLessThan(10);
  });

  it("does nothing at all if it has to stop already", async () => {
    expect(await publish(arn, publishedEvents(2), AbortSignal.abort())).toEqual([
      { outcome: "untried" },
      { outcome: "untried" },
    ]);
    expect(double.calls).toEqual([]);
  });
});
