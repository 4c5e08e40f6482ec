import type { CloudWatchDimensionConfiguration } from "@aws-sdk/client-sesv2";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type AwsDouble, jsonError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { publishedEvent, publishedEvents } from "../../../test/support/published-events.ts";
import type { PublishedEvent } from "../published-event.ts";
import { type AwsSenders, createAwsSenders } from "./aws-senders.ts";

const config = {
  eventBridgeSource: "mailglass.ses",
  cloudWatchNamespace: "Mailglass/SES",
};
const owner = { id: 1, accountId: "123456789012", region: "eu-west-1" };
const delivered = { outcome: "delivered" };
const minute = 60_000;
/** A full minute of the last hour. */
const then = Math.floor(Date.now() / minute) * minute - 10 * minute;
interface Input {
  MetricData: { Dimensions: { Value: string }[] }[];
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

const dimension = (
  DimensionValueSource: CloudWatchDimensionConfiguration["DimensionValueSource"],
  DimensionName: string,
): CloudWatchDimensionConfiguration => ({ DimensionName, DimensionValueSource, DefaultDimensionValue: "none" });
const bySet = dimension("MESSAGE_TAG", "ses:configuration-set");

function publish(events: readonly PublishedEvent[], dimensions = [bySet]) {
  const sender = senders.forDestination({ CloudWatchDestination: { DimensionConfigurations: dimensions } }, owner);
  if ("undeliverable" in sender) throw new Error(sender.undeliverable);
  return sender.send(events, { tries: 0, stopping: new AbortController().signal });
}
const metrics = () => double.calls.flatMap(({ input }) => input.MetricData);
/** The value of each dimension in the one metric that was put. */
async function valuesFor(event: PublishedEvent, ...dimensions: CloudWatchDimensionConfiguration[]) {
  double.calls.length = 0;
  expect(await publish([event], dimensions)).toEqual([delivered]);
  return metrics()[0]?.Dimensions.map(({ Value }) => Value);
}

it("counts events by type, minute and dimensions, in our namespace and the account's region", async () => {
  const tagged = (set: string, at: number, type: PublishedEvent["type"] = "SEND") =>
    publishedEvent({ type, at, mail: { tags: { "ses:configuration-set": [set] } } });
  const events = [
    tagged("a", then),
    tagged("b", then + 1),
    tagged("a", then + minute - 1),
    tagged("a", then + minute),
    tagged("a", then + 2, "RENDERING_FAILURE"),
  ];
  expect(await publish(events)).toEqual(events.map(() => delivered));
  const [call, ...more] = double.calls;
  expect(more).toEqual([]);
  expect(call?.operation).toBe("GraniteServiceVersion20100801.PutMetricData");
  expect(call?.headers.authorization).toContain("/eu-west-1/monitoring/aws4_request");
  const metric = (MetricName: string, set: string, at: number, count: number) => ({
    MetricName,
    Dimensions: [{ Name: "ses:configuration-set", Value: set }],
    Timestamp: at / 1000,
    Values: [1],
    Counts: [count],
    Unit: "Count",
  });
  expect(call?.input).toEqual({
    Namespace: "Mailglass/SES",
    MetricData: [
      metric("Send", "a", then, 2),
      metric("Send", "b", then, 1),
      metric("Send", "a", then + minute, 1),
      metric("RenderingFailure", "a", then, 1),
    ],
  });
});

it("takes values from tags, headers without regard to case, and link tags", async () => {
  const event = publishedEvent({
    type: "CLICK",
    at: then,
    mail: {
      tags: { campaign: ["autumn", "winter"], constructor: ["built"] },
      headers: [
        { name: "X-Team", value: "sales" },
        { name: "x-team", value: "second" },
      ],
    },
    more: { click: { linkTags: { place: ["footer"] } } },
  });
  const values = await valuesFor(
    event,
    dimension("MESSAGE_TAG", "campaign"),
    dimension("MESSAGE_TAG", "constructor"),
    dimension("EMAIL_HEADER", "x-TEAM"),
    dimension("LINK_TAG", "place"),
  );
  expect(values).toEqual(["autumn", "built", "sales", "footer"]);
});

it("uses the default for a value that is missing or that CloudWatch would refuse", async () => {
  const tag = dimension("MESSAGE_TAG", "campaign");
  const bodies: { mail?: object; more?: object }[] = [
    {},
    { mail: { tags: null, headers: null } },
    { mail: { tags: { campaign: [] } } },
    ...["", "   ", ":x", "Grüße", "a\nb", "x".repeat(256)].map((value) => ({ mail: { tags: { campaign: [value] } } })),
  ];
  for (const body of bodies) expect(await valuesFor(publishedEvent({ at: then, ...body }), tag)).toEqual(["none"]);
  const noLinkTags = publishedEvent({ type: "CLICK", at: then, more: { click: { linkTags: null } } });
  const others = [
    dimension("LINK_TAG", "toString"),
    dimension("MESSAGE_TAG", "toString"),
    dimension("EMAIL_HEADER", "X"),
  ];
  expect(await valuesFor(noLinkTags, ...others)).toEqual(["none", "none", "none"]);
});

it("puts at most 1,000 metrics in a call", async () => {
  const events = Array.from({ length: 1_001 }, (_, index) => publishedEvent({ at: then - index * minute }));
  expect(await publish(events)).toEqual(events.map(() => delivered));
  const counts = double.calls.map(({ input }) => input.MetricData.length);
  expect(counts.sort((a, b) => a - b)).toEqual([1, 1_000]);
  // The SDK compresses large calls.
  expect(double.calls.some(({ headers }) => headers["content-encoding"] === "gzip")).toBe(true);
});

it("keeps events that CloudWatch would refuse from failing the others", async () => {
  const day = 24 * 60 * minute;
  const events = [
    publishedEvent({ at: Date.now() - 14 * day }),
    publishedEvent({ at: then }),
    publishedEvent({ at: Date.now() + day }),
    publishedEvent({ type: "SUPPRESSION_ADDED" }),
  ];
  expect(await publish(events)).toEqual([
    { outcome: "failed", permanent: true, error: expect.stringContaining("older than two weeks") },
    delivered,
    { outcome: "failed", permanent: false, error: expect.stringContaining("in the future") },
    { outcome: "failed", permanent: true, error: expect.stringContaining("SUPPRESSION_ADDED") },
  ]);
  expect(metrics()).toHaveLength(1);
});

it.each([
  ["throttling", () => jsonError(400, "ThrottlingException"), "limits the rate"],
  ["a fault of the service", () => jsonError(500, "InternalServiceFault"), "the service failed"],
  ["a refusal", () => jsonError(403, "AccessDeniedException"), "allow cloudwatch:PutMetricData"],
])("may be tried again after %s", async (_, answer, text) => {
  double.answer = answer;
  expect(await publish(publishedEvents(2))).toEqual(
    Array(2).fill({ outcome: "failed", permanent: false, error: expect.stringContaining(text) }),
  );
});
