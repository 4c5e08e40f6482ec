import { expect, test } from "vitest";
import { ServiceError } from "../../contract/errors/service-error.ts";
import {
  checkApplicationArn,
  checkDeliveryStreamArn,
  checkEventBusArn,
  checkRoleArn,
  checkTopicArn,
} from "./target-arns.ts";

const owner = { region: "eu-west-1", accountId: "123456789012" };

const refusal = (check: () => string) => {
  try {
    return check();
  } catch (error) {
    if (error instanceof ServiceError) return [error.code, error.text];
    throw error;
  }
};
const badRequest = (text: string) => ["BadRequestException", text];

test.each([
  ["arn:aws:sns:eu-west-1:123456789012:events"],
  ["arn:aws:sns:eu-west-1:999999999999:of_another-account"],
  ["arn:aws-us-gov:sns:eu-west-1:123456789012:events"],
  ["arn:aws-cn:sns:eu-west-1:123456789012:events"],
  ["arn:aws-iso-b:sns:eu-west-1:123456789012:events"],
  [`arn:aws:sns:eu-west-1:123456789012:${"n".repeat(256)}`],
])("%s is a topic", (arn) => {
  expect(checkTopicArn(arn, owner)).toBe(arn);
});

test.each([
  [""],
  ["events"],
  ["arn:aws:sns:eu-west-1:123456789012"],
  ["arn:aws:sns:eu-west-1:123456789012:"],
  ["arn:aws:sns:eu-west-1:12345678901:events"],
  ["arn:aws:sns:eu-west-1::events"],
  ["arn:aws:sqs:eu-west-1:123456789012:events"],
  ["arn:gcp:sns:eu-west-1:123456789012:events"],
  ["arn:aws:sns:eu-west-1:123456789012:events:0a1b"],
  ["arn:aws:sns:eu-west-1:123456789012:a b"],
  ["arn:aws:sns:eu-west-1:123456789012:events\n"],
  [" arn:aws:sns:eu-west-1:123456789012:events"],
  [`arn:aws:sns:eu-west-1:123456789012:${"n".repeat(257)}`],
])("%j is no topic", (arn) => {
  expect(refusal(() => checkTopicArn(arn, owner))).toEqual(badRequest(`Invalid SNS topic ARN <${arn}>.`));
});

test("a topic of another region and a FIFO topic are refused", () => {
  const foreign = "arn:aws:sns:us-east-1:123456789012:events";
  expect(refusal(() => checkTopicArn(foreign, owner))).toEqual(
    badRequest(`The SNS topic <${foreign}> is not in the region <eu-west-1>.`),
  );
  const fifo = "arn:aws:sns:eu-west-1:123456789012:events.fifo";
  expect(refusal(() => checkTopicArn(fifo, owner))).toEqual(
    badRequest(`The SNS topic <${fifo}> is a FIFO topic: only standard topics are supported.`),
  );
});

test.each([
  ["arn:aws:events:eu-west-1:123456789012:event-bus/default", undefined],
  ["arn:aws:events:eu-west-1:123456789012:event-bus/own", "The event bus <%s> is not the default event bus."],
  ["arn:aws:events:us-east-1:123456789012:event-bus/default", "The event bus <%s> is not in the region <eu-west-1>."],
  [
    "arn:aws:events:eu-west-1:999999999999:event-bus/default",
    "The event bus <%s> does not belong to the account <123456789012>.",
  ],
  ["arn:aws:events:eu-west-1:123456789012:rule/default", "Invalid event bus ARN <%s>."],
  ["default", "Invalid event bus ARN <%s>."],
])("event bus %s", (arn, text) => {
  expect(refusal(() => checkEventBusArn(arn, owner))).toEqual(text ? badRequest(text.replace("%s", arn)) : arn);
});

test.each([
  ["arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail.events_1", undefined],
  [
    "arn:aws:firehose:us-east-1:123456789012:deliverystream/mail",
    "The delivery stream <%s> is not in the region <eu-west-1>.",
  ],
  [
    "arn:aws:firehose:eu-west-1:999999999999:deliverystream/mail",
    "The delivery stream <%s> does not belong to the account <123456789012>.",
  ],
  ["arn:aws:kinesis:eu-west-1:123456789012:stream/mail", "Invalid delivery stream ARN <%s>."],
  ["arn:aws:firehose:eu-west-1:123456789012:mail", "Invalid delivery stream ARN <%s>."],
])("delivery stream %s", (arn, text) => {
  expect(refusal(() => checkDeliveryStreamArn(arn, owner))).toEqual(text ? badRequest(text.replace("%s", arn)) : arn);
});

test.each([
  ["arn:aws:iam::123456789012:role/ses", true],
  ["arn:aws:iam::123456789012:role/service-role/team/ses+1", true],
  ["arn:aws:iam:eu-west-1:123456789012:role/ses", false],
  ["arn:aws:iam::123456789012:user/ses", false],
  ["arn:aws:iam::aws:role/ses", false],
])("IAM role %s: %s", (arn, valid) => {
  expect(refusal(() => checkRoleArn(arn))).toEqual(valid ? arn : badRequest(`Invalid IAM role ARN <${arn}>.`));
});

test.each([
  ["arn:aws:mobiletargeting:us-east-1:123456789012:apps/0a1b2c", true],
  ["arn:aws:mobiletargeting::123456789012:apps/0a1b2c", false],
  ["apps/0a1b2c", false],
  ["", false],
  [undefined, false],
])("Pinpoint project %s: %s", (arn, valid) => {
  const refused = badRequest(`Invalid Pinpoint application ARN provided: ${arn ?? "null"}.`);
  expect(refusal(() => checkApplicationArn(arn))).toEqual(valid ? arn : refused);
});
