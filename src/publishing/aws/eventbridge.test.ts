import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type AwsDouble, jsonError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { publishedEvent, publishedEvents } from "../../../test/support/published-events.ts";
import type { PublishedEvent } from "../published-event.ts";
import { type AwsSenders, createAwsSenders } from "./aws-senders.ts";

const bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default";
const config = {
  eventBridgeSource: "mailglass.ses",
  cloudWatchNamespace: "Mailglass/SES",
};
const owner = { id: 1, accountId: "123456789012", region: "eu-west-1" };
const delivered = { outcome: "delivered" };
interface Input {
  Entries: { Detail: string; Resources: string[] }[];
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

function publish(events: readonly PublishedEvent[], of = owner) {
  const sender = senders.forDestination({ EventBridgeDestination: { EventBusArn: bus } }, of);
  if ("undeliverable" in sender) throw new Error(sender.undeliverable);
  return sender.send(events, { tries: 0, stopping: new AbortController().signal });
}
const allTaken = (call: { input: { Entries: unknown[] } }) => ({
  body: { FailedEntryCount: 0, Entries: call.input.Entries.map((_, index) => ({ EventId: `${index}` })) },
});

it("puts an event with SES's detail-type, the identity and the event's own time", async () => {
  double.answer = allTaken;
  const event = publishedEvent({ type: "RENDERING_FAILURE", at: Date.UTC(2026, 10, 23, 12, 34, 56, 789) });
  expect(await publish([event])).toEqual([delivered]);
  const [call] = double.calls;
  expect(call?.operation).toBe("AWSEvents.PutEvents");
  expect(call?.headers.authorization).toContain("/eu-west-1/events/aws4_request");
  expect(call?.headers["user-agent"]).toContain("mailglass");
  expect(call?.input).toEqual({
    Entries: [
      {
        Source: "mailglass.ses",
        DetailType: "Email Rendering Failed",
        Detail: event.body,
        Resources: ["arn:aws:ses:eu-west-1:123456789012:identity/example.com"],
        Time: 1795437296.789,
        EventBusName: bus,
      },
    ],
  });
});

it("puts account events without an identity", async () => {
  double.answer = allTaken;
  await publish([publishedEvent({ type: "SENDING_PAUSED", messageId: undefined, identity: undefined })]);
  expect(double.calls[0]?.input.Entries).toEqual([
    expect.objectContaining({ DetailType: "Sending Status Disabled", Resources: [] }),
  ]);
});

it("puts at most ten events and 256 KB in a call", async () => {
  double.answer = allTaken;
  const large = (characters: number) => publishedEvent({ more: { text: "ü".repeat(characters) } });
  const events = [...publishedEvents(25), large(100_000), large(100_000), large(131_072)];
  const results = await publish(events);
  expect(results.slice(0, 27)).toEqual(Array(27).fill(delivered));
  expect(results[27]).toEqual({ outcome: "failed", permanent: true, error: expect.stringContaining("takes 262143") });
  for (const { input } of double.calls) {
    const details = input.Entries.map(({ Detail }) => Detail);
    expect(details.length).toBeLessThanOrEqual(10);
    expect(Buffer.byteLength(details.join(""))).toBeLessThan(262_144);
  }
  const put = double.calls.flatMap(({ input }) => input.Entries.map(({ Detail }) => Detail));
  expect(put.sort()).toEqual(
    events
      .slice(0, 27)
      .map(({ body }) => body)
      .sort(),
  );
});

it("reports each entry by itself", async () => {
  const refused = (ErrorCode: string) => ({ ErrorCode, ErrorMessage: "said the double" });
  double.answer = () => ({
    body: {
      FailedEntryCount: 5,
      Entries: [
        { EventId: "0" },
        refused("InternalFailure"),
        refused("ThrottlingException"),
        refused("MalformedDetail"),
        refused("NotAuthorizedForSourceException"),
        refused("ResourceNotFoundException"),
        { EventId: "6" },
      ],
    },
  });
  const failed = (permanent: boolean, text: string) => ({
    outcome: "failed",
    permanent,
    error: expect.stringContaining(text),
  });
  expect(await publish(publishedEvents(8))).toEqual([
    delivered,
    failed(false, "the service failed"),
    failed(false, "limits the rate"),
    failed(true, "MalformedDetail: said the double"),
    failed(false, "set MAILGLASS_EVENTBRIDGE_SOURCE"),
    failed(false, `event bus ${bus} does not exist`),
    delivered,
    failed(false, "no result"),
  ]);
});

it("finds the event that makes a call too large, if the service has a lower limit", async () => {
  double.answer = (call) =>
    JSON.stringify(call.input).includes("0100-6")
      ? jsonError(400, "ValidationException", "Total size of the entries in the request is over the limit.")
      : allTaken(call);
  const results = await publish(publishedEvents(10));
  expect(results.map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: 10 }, (_, index) => (index === 6 ? "failed" : "delivered")),
  );
  expect(results[6]).toMatchObject({ permanent: true });
});

it.each([
  ["throttling", () => jsonError(400, "ThrottlingException"), "limits the rate of calls (Throttling)"],
  ["a fault of the service", () => jsonError(500, "InternalException"), "the service failed"],
  ["a proxy's page", () => ({ status: 502, body: "<html>Bad gateway</html>" }), "the service failed (HTTP 502)"],
  ["a refusal", () => jsonError(400, "AccessDeniedException"), "allow events:PutEvents"],
  ["another page", () => ({ body: "<html>Welcome</html>" }), "the answer can't be read"],
])("may be tried again after %s", async (_, answer, text) => {
  double.answer = answer;
  expect(await publish(publishedEvents(2))).toEqual(
    Array(2).fill({ outcome: "failed", permanent: false, error: expect.stringContaining(text) }),
  );
});

it("names the account and region to which the events belong, also of events about a further account", async () => {
  double.answer = allTaken;
  const account = publishedEvent({ type: "SENDING_PAUSED", identity: undefined });
  const other = { id: 2, accountId: "222222222222", region: "us-west-2" };
  for (const of of [owner, other])
    expect(await publish([publishedEvent(), account], of)).toEqual([delivered, delivered]);
  const resources = double.calls.flatMap(({ input }) => input.Entries.map((entry) => entry.Resources));
  expect(resources).toEqual([
    ["arn:aws:ses:eu-west-1:123456789012:identity/example.com"],
    [],
    ["arn:aws:ses:us-west-2:222222222222:identity/example.com"],
    ["arn:aws:ses:us-west-2:222222222222:*"],
  ]);
});
