/** Reading what senders post takes linear time. */
import { it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { basicCredentials } from "./basic-credentials.ts";
import { readFirehoseBody } from "./firehose/firehose-request.ts";
import { EnvelopeError, readEnvelope } from "./sns/envelope.ts";
import { topicArnOf } from "./sns/topic-arn.ts";

const envelope = (members: object) =>
  Buffer.from(
    JSON.stringify({
      ...{ Type: "Notification", MessageId: "1", TopicArn: "arn", Message: "", Timestamp: "2026-11-01T10:00:00.000Z" },
      ...{ SignatureVersion: "1", Signature: "eA==", SigningCertURL: "https://x", ...members },
    }),
  );

function read(body: Buffer): unknown {
  try {
    return readEnvelope(body);
  } catch (error) {
    if (error instanceof EnvelopeError) return error;
    throw error;
  }
}

it.each<[string, (size: number) => Buffer]>([
  ["a long message", (size) => envelope({ Message: "x\\n".repeat(size / 3) })],
  ["a long signature", (size) => envelope({ Signature: "=".repeat(size) })],
  ["a long time", (size) => envelope({ Timestamp: `2026-11-01T10:00:00.${"1".repeat(size)}Z` })],
  ["many members", (size) => envelope(Object.fromEntries(Array.from({ length: size / 16 }, (_, n) => [`m${n}`, n])))],
])("an SNS envelope with %s", (_what, make) => expectLinear(make, read));

it("a Firehose body with many records", () =>
  expectLinear(
    (size) =>
      Buffer.from(JSON.stringify({ requestId: "x", records: Array(Math.ceil(size / 16)).fill({ data: "e30=" }) })),
    readFirehoseBody,
  ));

it.each<[string, (size: number) => string]>([
  ["spaces", (size) => `Basic${" ".repeat(size)}!`],
  ["credentials", (size) => `Basic ${"A".repeat(size)}=!`],
])("a header with many %s", (_what, make) =>
  expectLinear(make, (authorization) => basicCredentials({ headers: { authorization } })),
);

it.each<[string, (size: number) => string]>([
  ["a long region", (size) => `arn:aws:sns:eu${"-a".repeat(size / 2)}`],
  ["a long name", (size) => `arn:aws:sns:eu-west-1:111122223333:${"a".repeat(size)}.`],
])("an ARN with %s", (_what, make) => expectLinear(make, topicArnOf));
