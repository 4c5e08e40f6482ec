/** Publishes events to an SNS topic, as SES does. */
import type { PublishBatchResultEntry, SNS } from "@aws-sdk/client-sns";
import type { PublishedEvent } from "../published-event.ts";
import type { Sender, SendResult } from "../sender.ts";
import type { TopicFormat } from "../ses-event/sns-texts.ts";
import type { AwsClients } from "./clients.ts";
import { answeredFailure, type CallTarget, failureOf } from "./failure.ts";
import { resultOf, sendInCalls } from "./send-in-calls.ts";

/** The limits of PublishBatch. The bytes are those of all messages together, and of a single one. */
const limits = { entries: 10, bytes: 262_144, entryBytes: 262_144 };

interface Message {
  readonly text: string;
  readonly bytes: number;
}

/** What a call to a topic is about. */
export function topicTarget(topicArn: string): CallTarget {
  return { name: `SNS topic ${topicArn}`, permission: "sns:Publish" };
}

/** A sender to a topic in a region. */
export function createSnsSender(
  { arn: TopicArn, region }: { arn: string; region: string },
  { subject: Subject, message }: TopicFormat,
  clients: AwsClients,
): Sender {
  const target = topicTarget(TopicArn);
  // Not every emulator has PublishBatch. For subscribers it is the same as single calls.
  let batches = true;

  return {
    limits: { events: 100, bytes: 2 << 20 },
    async send(events, { stopping }) {
      const sns = await clients.sns(region);
      return sendInCalls(events.map(messageOf), {
        target,
        limits,
        stopping,
        async call(messages) {
          if (messages.length > 1 && batches) {
            try {
              return await publishBatch(sns, messages);
            } catch (error) {
              if (failureOf(error, target).kind !== "unknown-operation") throw error;
              batches = false;
            }
          }
          return Promise.all(messages.map((message) => publish(sns, message, messages.length === 1)));
        },
      });
    },
  };

  function messageOf({ body }: PublishedEvent): Message {
    const text = message(body);
    return { text, bytes: Buffer.byteLength(text) };
  }

  /** @param only whether the call has no other messages: its error is then that of the call */
  async function publish(sns: SNS, { text: Message }: Message, only: boolean): Promise<SendResult> {
    try {
      await clients.call(sns, (options) => sns.publish({ TopicArn, Subject, Message }, options));
      return { outcome: "delivered" };
    } catch (error) {
      if (only) throw error;
      return resultOf(failureOf(error, target));
    }
  }

  async function publishBatch(sns: SNS, messages: readonly Message[]): Promise<(SendResult | undefined)[]> {
    const PublishBatchRequestEntries = messages.map(({ text: Message }, index) => ({
      Id: `${index}`,
      Subject,
      Message,
    }));
    const { Successful, Failed } = await clients.call(sns, (options) =>
      sns.publishBatch({ TopicArn, PublishBatchRequestEntries }, options),
    );
    const delivered = new Set(Successful?.map(({ Id }: PublishBatchResultEntry) => Id));
    const failures = new Map(Failed?.map(({ Id, Code = "", Message }) => [Id, { code: Code, message: Message }]));
    return messages.map((_, index): SendResult | undefined => {
      if (delivered.has(`${index}`)) return { outcome: "delivered" };
      const failure = failures.get(`${index}`);
      return failure && resultOf(answeredFailure(failure, target));
    });
  }
}
