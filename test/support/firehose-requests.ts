/** Creates requests like those of a Firehose stream to an HTTP endpoint. */
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";

export const firehoseStream = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/ses-events";

export interface FirehoseRequest {
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
}

/** A request with these records, which may contain anything. */
export function firehoseRequest(
  accessKey: string,
  records: readonly (string | Buffer)[],
  options: { gzip?: boolean; requestId?: string } = {},
): FirehoseRequest {
  const { gzip = false, requestId = randomUUID() } = options;
  const data = records.map((record) => ({ data: Buffer.from(record).toString("base64") }));
  const body = Buffer.from(JSON.stringify({ requestId, timestamp: Date.now(), records: data }));
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "Amazon Kinesis Data Firehose Agent/1.0",
      "x-amz-firehose-protocol-version": "1.0",
      "x-amz-firehose-request-id": requestId,
      "x-amz-firehose-source-arn": firehoseStream,
      "x-amz-firehose-access-key": accessKey,
      "x-amz-firehose-common-attributes": JSON.stringify({ commonAttributes: { env: "test" } }),
      ...(gzip && { "content-encoding": "gzip" }),
    },
    payload: gzip ? gzipSync(body) : body,
  };
}
