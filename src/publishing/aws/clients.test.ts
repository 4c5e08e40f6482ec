import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsDouble, jsonError, queryError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { publishedEvents } from "../../../test/support/published-events.ts";
import { type AwsSenders, createAwsSenders } from "./aws-senders.ts";
import type { AwsClientOptions } from "./clients.ts";

const config = {
  eventBridgeSource: "mailglass.ses",
  cloudWatchNamespace: "Mailglass/SES",
};
const owner = { id: 1, accountId: "123456789012", region: "eu-west-1" };
const arns = {
  SnsDestination: { TopicArn: "arn:aws:sns:eu-west-1:123456789012:events" },
  EventBridgeDestination: { EventBusArn: "arn:aws:events:eu-west-1:123456789012:event-bus/default" },
  KinesisFirehoseDestination: {
    IamRoleArn: "arn:aws:iam::123456789012:role/ses",
    DeliveryStreamArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/events",
  },
  CloudWatchDestination: { DimensionConfigurations: [] },
};
/** Each kind of destination, alone. */
const targets = Object.entries(arns).map(([kind, target]): [string, object] => [kind, { [kind]: target }]);
let double: AwsDouble<object>;
let senders: AwsSenders;

beforeEach(async () => {
  double = await startAwsDouble<object>();
  use(double.environment);
});
afterEach(async () => {
  senders.close();
  vi.unstubAllEnvs();
  await double.close();
});

function use(environment: Record<string, string>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
async function publish(target: object, options: AwsClientOptions = {}) {
  senders = createAwsSenders(config, options);
  const sender = senders.forDestination(target, owner);
  if ("undeliverable" in sender) throw new Error(sender.undeliverable);
  const [result] = await sender.send(publishedEvents(1), { tries: 0, stopping: new AbortController().signal });
  return result;
}
const failed = (text: string) => ({ outcome: "failed", permanent: false, error: expect.stringContaining(text) });

describe.each(targets)("%s", (_, target) => {
  it("fails in time if the service hangs", async () => {
    double.answer = () => "hang";
    expect(await publish(target, { callWithinMs: 300 })).toEqual(failed("no answer in time"));
  });

  it("fails in time if the service asks to wait for an hour", async () => {
    double.answer = () => ({ status: 503, headers: { "retry-after": "3600" } });
    expect(await publish(target, { callWithinMs: 1_000 })).toMatchObject({ outcome: "failed", permanent: false });
  });

  it("repeats a call whose connection was cut", async () => {
    double.answer = () => (double.calls.length === 1 ? "reset" : queryError(400, "AccessDenied"));
    await publish(target);
    expect(double.calls).toHaveLength(2);
  });

  it("says that there are no credentials", async () => {
    use({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" });
    const error = "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile";
    expect(await publish(target)).toEqual({ outcome: "failed", permanent: false, error });
    expect(double.calls).toEqual([]);
  });
});

it("fails in time if an answer never ends", async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": "1000" });
    response.write("{");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  use({ AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${address.port}` });
  const { EventBridgeDestination } = arns;
  expect(await publish({ EventBridgeDestination }, { callWithinMs: 300 })).toEqual(failed("no answer in time"));
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

it("does not wait for a metadata service that hangs, and remembers it for a while", async () => {
  let asked = 0;
  const metadata = createServer(() => {
    asked += 1;
  });
  metadata.listen(0, "127.0.0.1");
  await once(metadata, "listening");
  const address = metadata.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  use({
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_EC2_METADATA_DISABLED: "",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${address.port}`,
  });
  const { SnsDestination, EventBridgeDestination } = arns;
  expect(await publish({ SnsDestination }, { credentialsWithinMs: 200 })).toEqual(
    failed("no AWS credentials (no answer in time)"),
  );
  const askedAtFirst = asked;
  expect(askedAtFirst).toBeGreaterThan(0);
  const again = senders.forDestination({ EventBridgeDestination }, owner);
  if ("undeliverable" in again) throw new Error(again.undeliverable);
  const results = await again.send(publishedEvents(1), { tries: 1, stopping: new AbortController().signal });
  expect(results).toEqual([failed("no AWS credentials")]);
  expect(asked).toBe(askedAtFirst);
  metadata.closeAllConnections();
  metadata.close();
  await once(metadata, "close");
});

it("uses a profile, and says which one is missing", async () => {
  use({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_PROFILE: "nobody" });
  const { SnsDestination } = arns;
  expect(await publish({ SnsDestination })).toEqual(failed("or a profile"));
});

it("keeps secrets out of errors, whatever the service answers", async () => {
  use({ AWS_SESSION_TOKEN: "token-of-the-test" });
  const { EventBridgeDestination, SnsDestination } = arns;
  const secrets = "x-amz-security-token:token-of-the-test secret-of-the-test";
  for (const code of ["SignatureDoesNotMatch", "InvalidSignatureException", "ValidationException", "Whatever"]) {
    double.answer = () => jsonError(400, code, secrets);
    const one = await publish({ EventBridgeDestination });
    double.answer = () => queryError(403, code, secrets);
    const other = await publish({ SnsDestination });
    for (const result of [one, other]) {
      expect(result).toMatchObject({ outcome: "failed", permanent: false });
      expect(JSON.stringify(result)).not.toMatch(/-of-the-test/);
    }
  }
});

it("says why nothing can be sent to a destination", () => {
  senders = createAwsSenders(config);
  const ApplicationArn = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0123456789abcdef0123456789abcdef";
  const undeliverable: [object, string][] = [
    [{ PinpointDestination: { ApplicationArn } }, "Pinpoint"],
    [{}, "does not know"],
    [{ SnsDestination: { TopicArn: "events" } }, "events is not the ARN of an SNS topic"],
    [{ EventBridgeDestination: { EventBusArn: arns.SnsDestination.TopicArn } }, "not the ARN of an event bus"],
    [{ KinesisFirehoseDestination: { DeliveryStreamArn: "arn:aws:firehose:eu-west-1:1:stream/x" } }, "Firehose stream"],
  ];
  for (const [target, text] of undeliverable) {
    expect(senders.forDestination(target, owner)).toEqual({ undeliverable: expect.stringContaining(text) });
  }
  expect(senders.forNotifications("")).toEqual({ undeliverable: expect.stringContaining("SNS topic") });
});
