/** What SES does when an event destination is created or updated: it publishes a text to the SNS topic. */
import { errors } from "../../contract/errors.ts";
import { parseArn } from "./arn.ts";
import type { AwsClients } from "./clients.ts";
import { failureOf } from "./failure.ts";
import { topicTarget } from "./sns.ts";

/** The caller waits for the answer. */
const withinMs = 3_000;

/** Whether the topic was asked; `reason` is one sentence for the log. */
export type TargetCheck = { readonly asked: true } | { readonly asked: false; readonly reason: string };

/**
 * Publishes the text to a topic. If the service gives no usable answer (no credentials, no connection), the topic may be
 * right, and later events will tell.
 * @throws a bad request if the topic does not exist, is a FIFO topic or does not admit us
 */
export async function checkTopic(topicArn: string, text: string, clients: AwsClients): Promise<TargetCheck> {
  const arn = parseArn(topicArn);
  if (arn?.service !== "sns") throw errors.snsTopicNotFound(topicArn);
  if (arn.resource.endsWith(".fifo")) throw errors.snsTopicFifo(topicArn);
  const sns = await clients.sns(arn.region);
  try {
    const message = { TopicArn: topicArn, Message: text };
    await clients.call(sns, (options) => sns.publish(message, options), { withinMs });
    return { asked: true };
  } catch (error) {
    const { kind, code, error: reason } = failureOf(error, topicTarget(topicArn));
    // SNS answers InvalidParameter for the ARN of another region.
    if (kind === "missing" || code === "InvalidParameter") throw errors.snsTopicNotFound(topicArn);
    if (kind === "denied") throw errors.snsTopicDenied(topicArn);
    return { asked: false, reason };
  }
}
