/** Publishes events to a Firehose stream, as SES does: one JSON text per line. */
import type { Sender, SendResult } from "../sender.ts";
import type { AwsClients } from "./clients.ts";
import { answeredFailure, type CallTarget } from "./failure.ts";
import { resultOf, sendInCalls } from "./send-in-calls.ts";

/** The limits of PutRecordBatch. */
const limits = { entries: 500, bytes: 4_000_000, entryBytes: 1_024_000 };

export interface FirehoseOptions {
  /** The stream's ARN. */
  readonly arn: string;
  /** The stream's region. */
  readonly region: string;
  readonly streamName: string;
}

/** A sender to a stream. */
export function createFirehoseSender(
  { arn, region, streamName: DeliveryStreamName }: FirehoseOptions,
  clients: AwsClients,
): Sender {
  const target: CallTarget = { name: `Firehose stream ${arn}`, permission: "firehose:PutRecordBatch" };

  return {
    limits: { events: 500, bytes: 4_000_000 },
    async send(events, { stopping }) {
      const firehose = await clients.firehose(region);
      const records = events.map(({ body }) => {
        const Data = Buffer.from(`${body}\n`);
        return { Data, bytes: Data.length };
      });
      return sendInCalls(records, {
        target,
        limits,
        stopping,
        async call(records) {
          const Records = records.map(({ Data }) => ({ Data }));
          const { RequestResponses = [] } = await clients.call(firehose, (options) =>
            firehose.putRecordBatch({ DeliveryStreamName, Records }, options),
          );
          return RequestResponses.map(
            ({ ErrorCode: code, ErrorMessage: message }): SendResult =>
              code ? resultOf(answeredFailure({ code, message }, target)) : { outcome: "delivered" },
          );
        },
      });
    },
  };
}
