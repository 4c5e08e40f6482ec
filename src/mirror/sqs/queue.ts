/** Receives, deletes and hides the messages of an SQS queue. */
import type { BatchResultErrorEntry } from "@aws-sdk/client-sqs";
import { type AwsClients, hasOwnEndpoint } from "../../publishing/aws/clients.ts";
import { failureOf } from "../../publishing/aws/failure.ts";

/** A message that is hidden from other receivers until its visibility timeout ends. */
export interface QueueMessage {
  readonly body: string;
  readonly receipt: string;
}

/** A message that the service did not delete. */
export interface NotDeleted {
  readonly message: QueueMessage;
  /** The service's reason, such as `ServiceUnavailable`. */
  readonly reason: string;
}

/** All calls throw `QueueError`, or the signal's reason. */
export interface Queue {
  /**
   * Waits up to 20 s for messages.
   * @param hiddenSeconds their visibility timeout
   */
  receive(hiddenSeconds: number, signal: AbortSignal): Promise<QueueMessage[]>;
  /** Deletes messages; resolves to those that could not be deleted. */
  delete(messages: readonly QueueMessage[]): Promise<NotDeleted[]>;
  /** Sets the visibility timeout of messages, counted from now; 0 makes them visible at once. */
  hide(messages: readonly QueueMessage[], seconds: number): Promise<void>;
  /** The approximate number of waiting messages. */
  waiting(): Promise<number>;
}

/** A call to the queue failed. The message is one sentence for the operator, without secrets. */
export class QueueError extends Error {
  override name = "QueueError";
}

/** SQS's limit for batch calls. */
export const messagesPerCall = 10;
/** SQS's maximum for long polling. */
const pollSeconds = 20;

export function createQueue(
  { sqs, call }: Pick<AwsClients, "sqs" | "call">,
  { queueUrl: QueueUrl, region }: { queueUrl: string; region: string },
): Queue {
  // Without a configured endpoint, the SDK calls the host in the URL, which must then be AWS's.
  const clientOf = () => {
    if (QueueUrl.startsWith("https://") || hasOwnEndpoint("AWS_ENDPOINT_URL_SQS")) return sqs(region);
    throw new QueueError(`${QueueUrl} needs AWS_ENDPOINT_URL_SQS or AWS_ENDPOINT_URL to be set.`);
  };
  return {
    receive: (hiddenSeconds, signal) =>
      attempt("sqs:ReceiveMessage", signal, async () => {
        const client = await clientOf();
        const input = {
          QueueUrl,
          MaxNumberOfMessages: messagesPerCall,
          WaitTimeSeconds: pollSeconds,
          VisibilityTimeout: hiddenSeconds,
        };
        const { Messages = [] } = await call(client, (options) => client.receiveMessage(input, options), { signal });
        return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({ body: Body, receipt: ReceiptHandle }));
      }),
    delete: (messages) =>
      attempt("sqs:DeleteMessage", undefined, async () => {
        const client = await clientOf();
        const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
        const { Failed = [] } = await call(client, (options) =>
          client.deleteMessageBatch({ QueueUrl, Entries }, options),
        );
        return Failed.flatMap(({ Id, Code }) => notDeleted(messages[Number(Id)], Code));
      }),
    hide: (messages, VisibilityTimeout) =>
      attempt("sqs:ChangeMessageVisibility", undefined, async () => {
        const client = await clientOf();
        const Entries = messages.map(({ receipt: ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout,
        }));
        const { Failed = [] } = await call(client, (options) =>
          client.changeMessageVisibilityBatch({ QueueUrl, Entries }, options),
        );
        const [first] = Failed;
        if (first) throw new QueueError(`SQS queue ${QueueUrl}: messages could not be hidden (${textOf(first)})`);
      }),
    waiting: () =>
      attempt("sqs:GetQueueAttributes", undefined, async () => {
        const client = await clientOf();
        const { Attributes } = await call(client, (options) =>
          client.getQueueAttributes({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }, options),
        );
        return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
      }),
  };

  async function attempt<Output>(
    permission: string,
    signal: AbortSignal | undefined,
    run: () => Promise<Output>,
  ): Promise<Output> {
    try {
      return await run();
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof QueueError) throw cause;
      const { error } = failureOf(cause, { name: `SQS queue ${QueueUrl}`, permission, setting: "source" });
      throw new QueueError(error, { cause });
    }
  }
}

function notDeleted(message: QueueMessage | undefined, reason = "no reason given"): NotDeleted[] {
  return message ? [{ message, reason }] : [];
}

function textOf({ Code, Message }: BatchResultErrorEntry): string {
  return Message ? `${Code}: ${Message}` : `${Code}`;
}
