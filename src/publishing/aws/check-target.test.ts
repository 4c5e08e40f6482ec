import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsDouble, queryError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { type AwsEmulator, startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import { awsEnvironment } from "../../../test/support/aws-environment.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { topicValidation } from "../ses-event/sns-texts.ts";
import { type AwsSenders, createAwsSenders } from "./aws-senders.ts";

const config = {
  eventBridgeSource: "mailglass.ses",
  cloudWatchNamespace: "Mailglass/SES",
};
const arn = "arn:aws:sns:us-east-1:000000000000:events";
let senders: AwsSenders;

const use = (environment: Record<string, string>) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
};
const check = (TopicArn: string) => senders.checkTopic(TopicArn, topicValidation);

beforeEach(() => {
  senders = createAwsSenders(config);
});
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
  beforeEach(() => use(emulator.environment));

  it("publishes SES's text to the topic", async () => {
    const topic = emulator.subscribedTopic("checked");
    expect(await check(topic.topicArn)).toEqual({ asked: true });
    const [envelope] = await topic.take(1);
    expect(envelope?.Message).toBe("Successfully validated SNS topic for Amazon SES event publishing.");
    expect(envelope?.Subject ?? undefined).toBeUndefined();
  });

  it("refuses a topic that does not exist", async () => {
    const topic = emulator.subscribedTopic("removed");
    emulator.deleteTopic("removed");
    await expect(check(topic.topicArn)).rejects.toMatchObject({
      code: "BadRequestException",
      text: `SNS topic <${topic.topicArn}> not found.`,
    });
  });
});

describe("with a double", () => {
  let double: AwsDouble<object>;
  beforeEach(async () => {
    double = await startAwsDouble<object>();
    use(double.environment);
  });
  afterEach(() => double.close());

  it("refuses a topic that we may not publish to", async () => {
    double.answer = () => queryError(403, "AuthorizationError", "User: u is not authorized to perform: SNS:Publish");
    await expect(check(arn)).rejects.toMatchObject({
      code: "BadRequestException",
      text: `Publishing to SNS topic <${arn}> was denied. The AWS credentials of Mailglass need the permission sns:Publish.`,
    });
  });

  it.each(["InvalidParameter", "NotFound"])("refuses a topic for which SNS answers %s", async (code) => {
    double.answer = () => queryError(400, code, "Invalid parameter: TopicArn");
    await expect(check(arn)).rejects.toMatchObject({ text: `SNS topic <${arn}> not found.` });
  });

  it("refuses FIFO topics and other ARNs without asking", async () => {
    await expect(check(`${arn}.fifo`)).rejects.toMatchObject({ text: expect.stringContaining("FIFO") });
    for (const other of ["", "events", "arn:aws:sqs:us-east-1:000000000000:events", "arn:aws:sns:a.b/c:0:x"]) {
      await expect(check(other)).rejects.toMatchObject({ text: `SNS topic <${other}> not found.` });
    }
    expect(double.calls).toEqual([]);
  });

  it.each([
    ["the credentials are refused", () => queryError(403, "InvalidClientTokenId"), "InvalidClientTokenId"],
    ["SNS fails", () => queryError(500, "InternalFailure"), "HTTP 500"],
    ["SNS limits the rate", () => queryError(400, "Throttling"), "limits the rate"],
    ["the server is none of SNS's", () => ({ status: 404, body: "<html>Not Found</html>" }), "refused the call"],
    ["no answer comes", () => "hang" as const, "no answer in time"],
  ])("accepts a topic if %s, and says so", async (_, answer, text) => {
    double.answer = answer;
    expect(await check(arn)).toEqual({ asked: false, reason: expect.stringContaining(text) });
  });
});

describe("without a service", () => {
  it("accepts a topic if nobody listens", async () => {
    use(awsEnvironment(`http://127.0.0.1:${await freePort()}`));
    expect(await check(arn)).toEqual({
      asked: false,
      reason: expect.stringContaining("can't be reached (ECONNREFUSED"),
    });
  });

  it("accepts a topic if there are no credentials", async () => {
    use({
      ...awsEnvironment(`http://127.0.0.1:${await freePort()}`),
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
    });
    expect(await check(arn)).toEqual({ asked: false, reason: expect.stringContaining("no AWS credentials") });
  });
});
